using Grpc.Core;
using Keten.Contracts;
using Microsoft.AspNetCore.Http;

namespace Keten.Fhir;

/// <summary>
/// An HTTP request in the form the gRPC services and the disclosure pipeline know a call by. Because of it a FHIR request is answered by the same
/// method, behind the same steps, as its gRPC twin; there is no second path that could decide or mask otherwise.
/// </summary>
internal sealed class FhirCallContext : ServerCallContext
{
    // Where GetHttpContext of Grpc.AspNetCore looks when the context is not its own.
    private const string HttpContextKey = "__HttpContext";
    private readonly HttpContext _http;
    private Metadata? _headers;

    public FhirCallContext(HttpContext http, string operationPath)
    {
        _http = http;
        MethodCore = operationPath;
        UserStateCore = new Dictionary<object, object> { [HttpContextKey] = http };
    }

    protected override string MethodCore { get; }

    protected override IDictionary<object, object> UserStateCore { get; }

    protected override string HostCore => _http.Request.Host.Value ?? "";

    protected override string PeerCore => "";

    /// <summary>The gateway ends the request when the deadline passes.</summary>
    protected override DateTime DeadlineCore => DateTime.MaxValue;

    protected override CancellationToken CancellationTokenCore => _http.RequestAborted;

    protected override Metadata RequestHeadersCore => _headers ??= Headers();

    protected override Metadata ResponseTrailersCore { get; } = [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore { get; } = new(null, []);

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException();

    /// <summary>The terms, as headers before the data.</summary>
    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        foreach (var header in responseHeaders)
        {
            _http.Response.Headers.Append(header.Key, header.IsBinary ? Convert.ToBase64String(header.ValueBytes).TrimEnd('=') : header.Value);
        }

        return Task.CompletedTask;
    }

    /// <exception cref="FormatException">A binary header is no base64.</exception>
    private Metadata Headers()
    {
        var headers = new Metadata();
        foreach (var name in new[] { KetenHeaders.Decision, KetenHeaders.Subject, KetenHeaders.Purpose })
        {
            foreach (var value in _http.Request.Headers[name])
            {
                if (name == KetenHeaders.Decision)
                {
                    headers.Add(name, Convert.FromBase64String((value ?? "").PadRight(((value ?? "").Length + 3) & ~3, '=')));
                }
                else
                {
                    headers.Add(name, value ?? "");
                }
            }
        }

        return headers;
    }
}
