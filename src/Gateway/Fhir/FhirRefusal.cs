using Keten.Contracts.Fhir;
using Keten.Gateway.Pipeline;

namespace Keten.Gateway.Fhir;

/// <summary>Writes a refusal as FHIR has it: the HTTP status and an OperationOutcome.</summary>
internal static class FhirRefusal
{
    public static async Task WriteAsync(Call call, Refused refused)
    {
        var outcome = new FhirOutcome(refused.CallerCode, refused.Status, refused.English, refused.Dutch, call.DecisionId, call.TransactionId);
        var response = call.Http.Response;
        var format = call.Fhir?.Format ?? FhirFormat.Json;
        response.StatusCode = outcome.HttpStatus;
        response.ContentType = format.MediaType() + "; charset=utf-8";
        if (response.StatusCode == StatusCodes.Status405MethodNotAllowed)
        {
            response.Headers.Allow = call.Fhir?.Type?.UpdatePath is null ? "GET, POST" : "GET, POST, PUT";
        }

        var body = outcome.Write(format);
        response.ContentLength = body.Length;
        if (call.Http.Request.Method != HttpMethods.Head)
        {
            await response.Body.WriteAsync(body, CancellationToken.None);
        }
    }
}
