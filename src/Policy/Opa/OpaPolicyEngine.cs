using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Keten.Policy;

/// <summary>
/// The same policy asked of an OPA server over its REST Data API (<c>POST /v1/data/keten/access/decision?provenance=true</c>). A server that is
/// dead, frozen, late or odd gives no answer, and whoever asked denies; nothing is tried twice, nothing is remembered.
/// </summary>
public sealed class OpaPolicyEngine : IPolicyEngine, IDisposable
{
    private const int LargestAnswer = 1024 * 1024;
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private volatile string _revision = "";

    /// <param name="server">Base address of the OPA server, for instance <c>http://127.0.0.1:8181</c>.</param>
    /// <param name="timeout">Longest wait for one whole answer, connecting included.</param>
    /// <param name="time">Clock of the timeout.</param>
    public OpaPolicyEngine(Uri server, TimeSpan timeout, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        _timeout = timeout;
        _time = time ?? TimeProvider.System;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = timeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        })
        {
            BaseAddress = new Uri(server.AbsoluteUri.TrimEnd('/') + "/"),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestAnswer,
        };
    }

    /// <inheritdoc/>
    public string Revision => _revision;

    /// <inheritdoc/>
    public ValueTask<PolicyDecision> DecideAsync(PolicyInput input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        return AskAsync(PolicyBundle.DecisionEntryPoint, input.WriteTo, DecisionReader.Read, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<InvolvementVisibility> VisibilityAsync(
        string viewerType, string holderType, string purpose, bool shielded, CancellationToken cancellationToken) =>
        AskAsync(
            PolicyBundle.VisibilityEntryPoint, new VisibilityInput(viewerType, holderType, purpose, shielded).WriteTo, DecisionReader.ReadVisibility,
            cancellationToken);

    /// <summary>Asks the server for the revision it decides by, without deciding anything of interest.</summary>
    /// <exception cref="PolicyUnavailableException">As for <see cref="DecideAsync"/>.</exception>
    public async ValueTask<string> ProbeAsync(CancellationToken cancellationToken)
    {
        await VisibilityAsync("", "", "", shielded: true, cancellationToken);
        return Revision;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private delegate T ResultReader<out T>(ref Utf8JsonReader result, string revision);

    private async ValueTask<T> AskAsync<T>(string entryPoint, Action<Utf8JsonWriter> writeInput, ResultReader<T> read, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/data/{entryPoint}?provenance=true") { Content = Body(writeInput) };
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new PolicyUnavailableException($"the OPA server answered {(int)response.StatusCode}; see its log");
            }

            return Read(await response.Content.ReadAsByteArrayAsync(either.Token), read);
        }
        catch (OperationCanceledException problem) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PolicyUnavailableException($"the OPA server did not answer within {_timeout.TotalMilliseconds:0} ms", problem);
        }
        catch (HttpRequestException problem)
        {
            throw new PolicyUnavailableException($"the OPA server cannot be asked ({problem.HttpRequestError}); check Policy:OpaUrl", problem);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw new PolicyUnavailableException("the OPA server's answer is not what the Data API returns", problem);
        }
    }

    private static ReadOnlyMemoryContent Body(Action<Utf8JsonWriter> writeInput)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("input"u8);
            writeInput(writer);
            writer.WriteEndObject();
        }

        return new ReadOnlyMemoryContent(buffer.WrittenMemory) { Headers = { ContentType = Json } };
    }

    /// <summary>The revision is read first: it stands beside the result, and the result is only as good as the bundle it came from.</summary>
    private T Read<T>(byte[] answer, ResultReader<T> read)
    {
        using var document = JsonDocument.Parse(answer, new JsonDocumentOptions { AllowDuplicateProperties = false });
        var revision = OpaProvenance.RevisionOf(document.RootElement)
            ?? throw new PolicyUnavailableException("the OPA server does not say which bundle revision it decides by; load dist/opa-bundle.tar.gz as a bundle");
        if (!document.RootElement.TryGetProperty("result", out var result))
        {
            throw new PolicyUnavailableException("the OPA server has no such policy; load dist/opa-bundle.tar.gz");
        }

        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(result));
        reader.Read();
        var value = read(ref reader, revision);
        _revision = revision;
        return value;
    }
}
