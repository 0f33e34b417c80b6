using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Keten.Contracts;
using Keten.Contracts.Fhir;
using Keten.Gateway.Fhir;

namespace Keten.Gateway.Pipeline;

/// <summary>Writes a refusal as gRPC has it: HTTP 200, status and details as trailers-only, nothing of the request repeated.</summary>
internal static class RefusalWriter
{
    private const string Domain = "keten";

    public static Task WriteAsync(Call call, Refused refused)
    {
        var response = call.Http.Response;
        if (response.HasStarted)
        {
            call.Http.Abort();
            return Task.CompletedTask;
        }

        response.Clear();
        if (call.TransactionId.Length > 0)
        {
            response.Headers[KetenHeaders.TransactionId] = call.TransactionId;
        }

        response.Headers[KetenHeaders.Reason] = refused.CallerCode;
        if (!IsGrpc(call.Http.Request))
        {
            if (FhirRequest.IsFhir(call.Http.Request.Path.Value ?? ""))
            {
                return FhirRefusal.WriteAsync(call, refused);
            }

            return WriteProblemAsync(response, refused);
        }

        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)refused.Status).ToString(System.Globalization.CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(refused.English).Replace("%20", " ", StringComparison.Ordinal);
        response.Headers["grpc-status-details-bin"] = Convert.ToBase64String(Details(call, refused).ToByteArray()).TrimEnd('=');
        return Task.CompletedTask;
    }

    /// <summary>The same refusal, for a service of the gateway itself to throw.</summary>
    public static RpcException AsException(Call call, Refused refused) => new(
        new Grpc.Core.Status(refused.Status, refused.English),
        new Metadata { { KetenHeaders.Reason, refused.CallerCode }, { "grpc-status-details-bin", Details(call, refused).ToByteArray() } });

    private static bool IsGrpc(Microsoft.AspNetCore.Http.HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true;

    private static Google.Rpc.Status Details(Call call, Refused refused) => new()
    {
        Code = (int)refused.Status,
        Message = refused.English,
        Details =
        {
            Any.Pack(new ErrorInfo
            {
                Domain = Domain,
                Reason = refused.CallerCode,
                Metadata = { ["decision_id"] = call.DecisionId, ["transaction_id"] = call.TransactionId },
            }),
            Any.Pack(new LocalizedMessage { Locale = "nl", Message = refused.Dutch }),
            Any.Pack(new LocalizedMessage { Locale = "en", Message = refused.English }),
        },
    };

    /// <summary>For a caller that is not gRPC at all: RFC 9457.</summary>
    private static Task WriteProblemAsync(Microsoft.AspNetCore.Http.HttpResponse response, Refused refused)
    {
        response.StatusCode = refused.Status == Grpc.Core.StatusCode.Unauthenticated
            ? StatusCodes.Status401Unauthorized : StatusCodes.Status415UnsupportedMediaType;
        return response.WriteAsJsonAsync(
            new Microsoft.AspNetCore.Mvc.ProblemDetails { Title = "This port speaks gRPC, and FHIR under /{oin}/fhir", Detail = refused.English, Status = response.StatusCode },
            options: null, contentType: "application/problem+json");
    }
}
