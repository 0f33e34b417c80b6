using System.Net;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Hl7.Fhir.Serialization;
using Hl7.Fhir.Utility;
using Keten.Adapters.Fhir.Mapping;
using Keten.Adapters.Sdk.Ports;

namespace Keten.Adapters.Fhir.Server;

/// <summary>
/// Reading access to the organisation's FHIR server. Searches go by POST, so that no id is in a URL. Every failure leaves here as
/// <see cref="SourceUnavailableException"/>, without the server's text.
/// </summary>
internal sealed class FhirServer : IDisposable
{
    private readonly ServerSettings _settings;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public FhirServer(ServerSettings settings, TimeProvider time)
    {
        (_settings, _time) = (settings, time);
        _http = new HttpClient(new AnswerGuard(settings, Network(settings))) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public Uri Base => _settings.Base;

    /// <summary>What the server says it can do.</summary>
    public Task<Capabilities> CapabilitiesAsync(CancellationToken cancellationToken) =>
        AskAsync<CapabilityStatement, Capabilities>("server", (client, token) => client.GetAsync("metadata", token), Capabilities.Read, cancellationToken);

    /// <summary>The pages of a search, as long as there are more.</summary>
    /// <param name="port">Named in the error.</param>
    /// <param name="type">Type of resource.</param>
    /// <param name="search">Its parameters.</param>
    /// <param name="maxPages">More than these is no answer: what is cut off would read as what is not there.</param>
    public async IAsyncEnumerable<Page> SearchAsync(
        string port, string type, SearchParams search, int maxPages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = await AskAsync<Bundle, Page>(port, async (client, token) => await client.SearchUsingPostAsync(search, type, token), Page.Read, cancellationToken);
        var found = false;
        for (var pages = 1; ; pages++)
        {
            found |= page.Entries.Count > 0;
            yield return page;
            if (page.Next is not { } next)
            {
                if (!found && page.Total > 0)
                {
                    throw new SourceUnavailableException(port, "form", "the answer counts resources and holds none");
                }

                yield break;
            }

            if (pages == maxPages)
            {
                throw new SourceUnavailableException(port, "pages", $"the answer has more than {maxPages} pages (max_pages, and _count in the search)");
            }

            var address = Within(next) ?? throw new SourceUnavailableException(port, "link", "the next page is not at server.base");
            page = await AskAsync<Bundle, Page>(port, (client, token) => client.GetAsync(address, token), Page.Read, cancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> AskAsync<TResource, T>(
        string port, Func<FhirClient, CancellationToken, Task<Resource?>> ask, Func<TResource, T> read, CancellationToken cancellationToken)
        where TResource : Resource
    {
        using var timeout = new CancellationTokenSource(_settings.Timeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            // A client remembers its last answer, so each question has its own; the connections are shared.
            using var client = new FhirClient(_settings.Base, _http, Settings());
            return read(await ask(client, linked.Token) as TResource ?? throw new AnswerException("form", $"the answer is not a {typeof(TResource).Name}"));
        }
        catch (AnswerException refused)
        {
            throw new SourceUnavailableException(port, refused.Code, refused.Message);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new SourceUnavailableException(port, "timeout", $"no answer within {_settings.Timeout.TotalSeconds:0} s (server.timeout_seconds)");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            throw new SourceUnavailableException(port, "network", fault is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
                ? "the server's certificate or ours is not accepted (server.authority, server.certificate)" : "the server at server.base cannot be reached");
        }
        catch (Exception fault) when (IsUnreadable(fault))
        {
            throw new SourceUnavailableException(port, "form", "the answer is not FHIR R4 that can be read");
        }
    }

    private static bool IsUnreadable(Exception fault) =>
        fault is FhirOperationException or UnsupportedBodyTypeException or MissingTypeInformationException or CodedException
            or System.Text.Json.JsonException or FormatException or InvalidOperationException or NotSupportedException or ArgumentException;

    /// <summary>Null for an address that is not of this server: a token goes nowhere else.</summary>
    private Uri? Within(string link) =>
        Uri.TryCreate(_settings.Base, link, out var address)
        && Uri.Compare(address, _settings.Base, UriComponents.SchemeAndServer | UriComponents.UserInfo, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0
        && (address.AbsolutePath + "/").StartsWith(_settings.Base.AbsolutePath, StringComparison.Ordinal) ? address : null;

    private static FhirClientSettings Settings() => new()
    {
        PreferredFormat = ResourceFormat.Json,
        VerifyFhirVersion = false,

        // A filter the server does not know must not be left out: that finds the data of others.
        PreferredParameterHandling = SearchParameterHandling.Strict,
        SerializationEngine = FhirSerializationEngineFactory.Recoverable(ModelInfo.ModelInspector),
    };

    private static SocketsHttpHandler Network(ServerSettings settings)
    {
        var tls = new SslClientAuthenticationOptions();
        if (settings is { Certificate: { } certificate, Key: { } key })
        {
            tls.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, key)];
        }

        if (settings.Authority is { } authority)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            tls.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(authority);
        }

        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = settings.Timeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            SslOptions = tls,
        };
    }
}
