using Google.Rpc;
using Grpc.Core;
using Keten.Contracts;

namespace Keten.Client;

/// <summary>From what gRPC throws to the one exception a case system sees.</summary>
internal static class Failure
{
    public static KetenException From(RpcException refused)
    {
        var status = refused.GetRpcStatus();
        var error = status?.GetDetail<ErrorInfo>();
        var dutch = status?.Details.Select(d => d.TryUnpack(out LocalizedMessage text) ? text : null).FirstOrDefault(t => t?.Locale == "nl");
        return error is { Domain: "keten" }
            ? new KetenException(error.Reason, refused.StatusCode, refused.Status.Detail, dutch?.Message ?? refused.Status.Detail,
                error.Metadata.GetValueOrDefault("decision_id", ""), error.Metadata.GetValueOrDefault("transaction_id", ""), refused)
            : Unexplained(refused);
    }

    public static KetenException Local(string code, string message) =>
        new(code, StatusCode.FailedPrecondition, message, message, "", "", null);

    /// <summary>Nobody of the federation answered: the connection, the handshake or our own deadline.</summary>
    private static KetenException Unexplained(RpcException failed)
    {
        var refusal = failed.StatusCode switch
        {
            StatusCode.DeadlineExceeded => Refusals.DeadlinePassed,
            _ when failed.StatusCode == StatusCode.Unavailable || failed.Status.DebugException is HttpRequestException => new Refusal("GATEWAY_NOT_REACHABLE", StatusCode.Unavailable,
                "No connection to the gateway: it is down, or it does not accept this certificate.",
                "Geen verbinding met de gateway: die ligt eruit, of aanvaardt dit certificaat niet."),
            _ => Refusals.Internal with { Status = failed.StatusCode },
        };
        return new KetenException(refusal.Code, refusal.Status, refusal.English, refusal.Dutch, "", "", failed);
    }
}
