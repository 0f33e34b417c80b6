using Google.Rpc;
using Grpc.Core;
using Keten.Contracts;

namespace Keten.Client;

/// <summary>From what gRPC throws to the one exception a case system sees.</summary>
internal static class Failure
{
    public static KetenException From(RpcException refused)
    {
        var status = refused.Trailers.GetRpcStatus(ignoreParseError: true);
        var error = status?.GetDetail<ErrorInfo>();
        var dutch = status?.Details.Select(d => d.TryUnpack(out LocalizedMessage text) ? text : null).FirstOrDefault(t => t?.Locale == "nl");
        return error is { Domain: "keten" }
            ? new KetenException(error.Reason, refused.StatusCode, refused.Status.Detail, dutch?.Message ?? refused.Status.Detail,
                error.Metadata.GetValueOrDefault("decision_id", ""), error.Metadata.GetValueOrDefault("transaction_id", ""), refused)
            : Unexplained(refused);
    }

    public static KetenException Local(Refusal refusal, string? detail = null) =>
        new(refusal.Code, refusal.Status, detail is null ? refusal.English : $"{refusal.English} ({detail})", refusal.Dutch, "", "", null);

    /// <summary>Nobody of the federation answered: the connection, the handshake or our own deadline.</summary>
    private static KetenException Unexplained(RpcException failed)
    {
        var refusal = failed.StatusCode switch
        {
            StatusCode.DeadlineExceeded => Refusals.DeadlinePassed,
            _ when failed.StatusCode == StatusCode.Unavailable || failed.Status.DebugException is HttpRequestException => ClientRefusals.GatewayNotReachable,
            _ => Refusals.Internal with { Status = failed.StatusCode },
        };
        return new KetenException(refusal.Code, refusal.Status, refusal.English, refusal.Dutch, "", "", failed);
    }
}
