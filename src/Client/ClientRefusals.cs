using Grpc.Core;
using Keten.Contracts;

namespace Keten.Client;

/// <summary>What this client says of itself, when nobody of the federation answered or the answer may not be handed out.</summary>
public static class ClientRefusals
{
    public static readonly Refusal GatewayNotReachable = new("GATEWAY_NOT_REACHABLE", StatusCode.Unavailable,
        "No connection to the gateway: it is down, or it does not accept this certificate.",
        "Geen verbinding met de gateway: die ligt eruit, of aanvaardt dit certificaat niet.");

    public static readonly Refusal DisclosureMissing = new("DISCLOSURE_MISSING", StatusCode.FailedPrecondition,
        "The answer does not say under which terms it was given, so it is not handed out. Tell the federation which organisation was asked.",
        "Het antwoord zegt niet onder welke voorwaarden het is verstrekt en wordt daarom niet doorgegeven. Meld de federatie wie is bevraagd.");

    public static readonly Refusal ObligationUnknown = new("OBLIGATION_UNKNOWN", StatusCode.FailedPrecondition,
        "The answer comes with an obligation this system cannot honour, so it is not handed out. Update the client, or add the obligation to its options.",
        "Het antwoord komt met een verplichting die dit systeem niet kan nakomen en wordt daarom niet doorgegeven. Werk de client bij.");

    /// <summary>All of the above, for docs/errors.md.</summary>
    public static IReadOnlyList<Refusal> All { get; } = [GatewayNotReachable, DisclosureMissing, ObligationUnknown];
}
