using Google.Rpc;
using Grpc.Core;
using Keten.Contracts;
using Keten.Contracts.Fhir;

namespace Keten.Fhir;

/// <summary>The refusal the gRPC twin would get, as an OperationOutcome.</summary>
internal static class FhirRefused
{
    public static FhirOutcome By(RpcException refused)
    {
        var details = refused.GetRpcStatus();
        var ids = details?.GetDetail<ErrorInfo>()?.Metadata;
        return new FhirOutcome(
            refused.Trailers.GetValue(KetenHeaders.Reason) ?? Refusals.Internal.Code, refused.StatusCode, refused.Status.Detail,
            details?.Details.Select(d => d.TryUnpack<LocalizedMessage>(out var text) && text.Locale == "nl" ? text.Message : null).FirstOrDefault(t => t is not null) ?? "",
            ids?.GetValueOrDefault("decision_id") ?? "", ids?.GetValueOrDefault("transaction_id") ?? "");
    }

    public static FhirOutcome By(Refusal refusal) => new(refusal.Code, refusal.Status, refusal.English, refusal.Dutch, "", "");
}
