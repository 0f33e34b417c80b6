using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Disclosure;

/// <summary>Step 1 at the adapter: the permit is the gateway's, about this very call, and still valid. That it is used once, the disclosure log holds.</summary>
internal sealed class PermitVerifier(Oin self, TimeProvider time)
{
    /// <summary>Clocks of two organisations differ a little.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(5);

    public Decision Verify(ServerCallContext context, Operation operation)
    {
        var permit = Parse(context);
        var now = time.GetUtcNow();
        if (permit.Operation != operation.Path || permit.Category != operation.Category || permit.Target?.Oin != self.Value
            || permit.Subject != (Single(context.RequestHeaders, KetenHeaders.Subject) ?? "")
            || permit.Purpose != Single(context.RequestHeaders, KetenHeaders.Purpose)
            || permit.Caller is null || !UuidV7.IsValid(permit.DecisionId))
        {
            throw new AdapterRefusedException(Refusals.DecisionMismatch);
        }

        return MomentOf(permit.ExpiresAt) is { } end && MomentOf(permit.DecidedAt) is { } start && now - Skew <= end && start <= now + Skew
            ? permit : throw new AdapterRefusedException(Refusals.DecisionExpired);
    }

    /// <summary>Null when there is none, or none that is a moment.</summary>
    private static DateTimeOffset? MomentOf(Timestamp? timestamp)
    {
        try
        {
            return timestamp?.ToDateTimeOffset();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The ids a refusal is found by in the logs; empty when the call has no permit that can be read.</summary>
    public static (string Decision, string Transaction) IdsOf(ServerCallContext context)
    {
        try
        {
            var permit = Parse(context);
            return (permit.DecisionId, permit.TransactionId);
        }
        catch (AdapterRefusedException)
        {
            return ("", "");
        }
    }

    private static Decision Parse(ServerCallContext context)
    {
        try
        {
            var entries = context.RequestHeaders.Where(h => h.Key == KetenHeaders.Decision).ToArray();
            return entries is [{ } entry] ? Decision.Parser.ParseFrom(entry.ValueBytes) : throw new AdapterRefusedException(Refusals.DecisionMissing);
        }
        catch (Exception problem) when (problem is InvalidProtocolBufferException or FormatException)
        {
            // The second: a binary header that is no base64.
            throw new AdapterRefusedException(Refusals.DecisionMissing);
        }
    }

    private static string? Single(Metadata headers, string name)
    {
        var entries = headers.Where(h => h.Key == name).ToArray();
        return entries is [{ } entry] ? entry.Value : null;
    }
}
