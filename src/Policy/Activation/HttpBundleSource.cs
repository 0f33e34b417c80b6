using System.Net;
using System.Net.Http.Headers;

namespace Keten.Policy;

/// <summary>A bundle server, asked with the ETag of what it gave last: 304 means nothing new, and costs no transfer.</summary>
internal sealed class HttpBundleSource : IBundleSource
{
    private readonly HttpClient _http;
    private readonly Uri _address;
    private readonly long _maxBytes;
    private EntityTagHeaderValue? _given;

    public HttpBundleSource(Uri address, TimeSpan timeout, long maxBytes)
    {
        _address = address;
        _maxBytes = maxBytes;
        Name = address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) })
        {
            Timeout = timeout,
            MaxResponseContentBufferSize = maxBytes,
        };
    }

    public string Name { get; }

    public bool MayBeAway => true;

    public async Task<FetchedBundle?> FetchAsync(bool afresh, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _address);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/vnd.openpolicyagent.bundles"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/gzip"));
        if (!afresh && _given is not null)
        {
            request.Headers.IfNoneMatch.Add(_given);
        }

        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.StatusCode == HttpStatusCode.NotModified && request.Headers.IfNoneMatch.Count > 0)
            {
                return null;
            }

            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new PolicyBundleException($"{Name}: the bundle server answered {(int)response.StatusCode}; expected 200 or 304");
            }

            if (response.Content.Headers.ContentLength > _maxBytes)
            {
                throw new PolicyBundleException($"{Name}: larger than {_maxBytes} bytes; raise Policy:MaxBundleBytes if that is meant");
            }

            var archive = await ReadAsync(response.Content, cancellationToken);
            _given = response.Headers.ETag;
            return new FetchedBundle(archive, Name);
        }
        catch (HttpRequestException problem)
        {
            throw new PolicyBundleException($"{Name}: the bundle server cannot be asked ({problem.HttpRequestError})", problem);
        }
        catch (Exception problem) when (problem is IOException || (problem is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new PolicyBundleException($"{Name}: the bundle server did not answer in full within {_http.Timeout.TotalSeconds:0.#} s", problem);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>With a limit of its own: a length that was not announced is not believed, and the client's time limit ends with the headers.</summary>
    private async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_http.Timeout);
        using var archive = new MemoryStream();
        await using var body = await content.ReadAsStreamAsync(limit.Token);
        var chunk = new byte[81920];
        for (int read; (read = await body.ReadAsync(chunk, limit.Token)) > 0;)
        {
            archive.Write(chunk, 0, read);
            if (archive.Length > _maxBytes)
            {
                throw new PolicyBundleException($"{Name}: larger than {_maxBytes} bytes; raise Policy:MaxBundleBytes if that is meant");
            }
        }

        return archive.ToArray();
    }
}
