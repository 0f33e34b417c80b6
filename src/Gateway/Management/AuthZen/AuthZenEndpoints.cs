using System.Text.Json;
using System.Text.Json.Serialization;
using Keten.Gateway.Management.Access;
using Microsoft.AspNetCore.Http.Features;

namespace Keten.Gateway.Management.AuthZen;

/// <summary>
/// OpenID AuthZEN Authorization API 1.0: evaluation, evaluations and metadata. A no is 200 with <c>decision: false</c>; 400 is for what is no
/// request, 403 for a question about another organisation. Search is not offered: «who may see this person» is a question this federation does not answer.
/// </summary>
internal static class AuthZenEndpoints
{
    private const string Evaluation = "/access/v1/evaluation";
    private const string Evaluations = "/access/v1/evaluations";
    private const string RequestId = "X-Request-ID";
    private const int MaxRequestBytes = 256 * 1024;
    private const int MaxRequestIdLength = 256;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };
    private static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static void MapAuthZen(this IEndpointRouteBuilder endpoints)
    {
        var decisions = ActivatorUtilities.CreateInstance<AuthZenDecisions>(endpoints.ServiceProvider);
        endpoints.MapPost(Evaluation, Answering(async (request, asker, token) =>
            await decisions.EvaluateAsync(AuthZenReader.Read(request, default), asker, Evaluation, token)));
        endpoints.MapPost(Evaluations, Answering((request, asker, token) => AuthZenBatch.EvaluateAsync(decisions, request, asker, Evaluations, token)));
        endpoints.MapGet("/.well-known/authzen-configuration", http => WriteAsync(http, StatusCodes.Status200OK, Metadata(http.Request)));
    }

    private static RequestDelegate Answering(Func<JsonElement, Asker, CancellationToken, Task<object>> answer) =>
        http => AnswerAsync(http, answer);

    private static object Metadata(HttpRequest request)
    {
        var self = $"{request.Scheme}://{request.Host}";
        return new { policy_decision_point = self, access_evaluation_endpoint = self + Evaluation, access_evaluations_endpoint = self + Evaluations };
    }

    private static async Task AnswerAsync(HttpContext http, Func<JsonElement, Asker, CancellationToken, Task<object>> answer)
    {
        try
        {
            using var request = await ReadAsync(http);
            if (request.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new AuthZenFaultException("the request: expected a JSON object");
            }

            await WriteAsync(http, StatusCodes.Status200OK, await answer(request.RootElement, http.Features.GetRequiredFeature<Asker>(), http.RequestAborted));
        }
        catch (AuthZenFaultException fault)
        {
            EchoRequestId(http);
            http.Response.StatusCode = fault.Status;
            http.Response.ContentType = "text/plain; charset=utf-8";
            await http.Response.WriteAsync(fault.Message, http.RequestAborted);
        }
    }

    private static async Task<JsonDocument> ReadAsync(HttpContext http)
    {
        if (!http.Request.HasJsonContentType())
        {
            throw new AuthZenFaultException("Content-Type: expected application/json");
        }

        var body = new byte[MaxRequestBytes + 1];
        var length = await http.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, http.RequestAborted);
        if (length > MaxRequestBytes)
        {
            throw new AuthZenFaultException($"the request: at most {MaxRequestBytes} bytes", StatusCodes.Status413PayloadTooLarge);
        }

        try
        {
            return JsonDocument.Parse(body.AsMemory(0, length), Strict);
        }
        catch (JsonException)
        {
            throw new AuthZenFaultException("the request: expected one JSON object, no name twice in an object, at most 16 levels");
        }
    }

    private static Task WriteAsync(HttpContext http, int status, object body)
    {
        EchoRequestId(http);
        http.Response.StatusCode = status;
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsJsonAsync(body, body.GetType(), Json, http.RequestAborted);
    }

    private static void EchoRequestId(HttpContext http)
    {
        if (http.Request.Headers[RequestId] is [{ Length: > 0 and <= MaxRequestIdLength } id] && id.All(c => c is >= ' ' and <= '~'))
        {
            http.Response.Headers[RequestId] = id;
        }
    }
}
