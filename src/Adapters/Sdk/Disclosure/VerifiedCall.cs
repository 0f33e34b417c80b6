using Grpc.Core;
using Keten.Adapters.Sdk.Logbook;
using Keten.Contracts.Catalogue;
using Keten.Policy;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Disclosure;

/// <summary>A call that may be answered: what a service needs to know of it. Reached only through the disclosure pipeline.</summary>
public sealed class VerifiedCall
{
    private const string Key = "keten-verified-call";

    internal VerifiedCall(Operation operation, Decision permit, string? clientId, PolicyDecision decision, TraceSpan span, DateTimeOffset startedAt)
    {
        Span = span;
        StartedAt = startedAt;
        Operation = operation;
        Permit = permit;
        ClientId = clientId;
        Decision = decision;
    }

    public Operation Operation { get; }

    /// <summary>The gateway's permit.</summary>
    public Decision Permit { get; }

    /// <summary>This organisation's own id of the person; null when it does not know the person.</summary>
    public string? ClientId { get; }

    /// <summary>The decision that holds: this organisation's own, never wider than the permit.</summary>
    public PolicyDecision Decision { get; internal set; }

    /// <summary>The verified call of a service method.</summary>
    /// <exception cref="InvalidOperationException">The service was mapped without the disclosure pipeline.</exception>
    public static VerifiedCall Of(ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.UserState.TryGetValue(Key, out var call) ? (VerifiedCall)call
            : throw new InvalidOperationException("This service answers only through the disclosure pipeline; let AdapterHost.Build map it.");
    }

    internal TraceSpan Span { get; }

    internal DateTimeOffset StartedAt { get; }

    internal void Attach(ServerCallContext context) => context.UserState[Key] = this;
}
