using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Gateway.Involvement;
using Keten.Gateway.Pipeline;
using Keten.Identity;
using Keten.Policy;

namespace Keten.Gateway.Decisions;

/// <summary>Step 3: the policy decides. No answer, a late answer, an odd answer: all are refusals.</summary>
internal sealed partial class AccessDecision(IPolicyEngine engine, IInvolvementView involvements, TimeProvider time, ILogger<AccessDecision> logger)
{
    /// <summary>Every engine has limits of its own; this one holds for any. The embedded engine answers at once and never gets here.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public async ValueTask<Refused?> DecideAsync(Call call)
    {
        if (!involvements.IsComplete)
        {
            return (Refused)Refusals.GatewayNotReady;
        }

        try
        {
            var hungUp = call.Http.RequestAborted;
            var answer = engine.DecideAsync(Question(call), hungUp);
            call.Decision = answer.IsCompleted ? await answer : await answer.AsTask().WaitAsync(Limit, time, hungUp);
            return call.Decision.Allow ? RefuseUnknownObligation(call, call.Decision) : Refused.By(call.Decision);
        }
        catch (PolicyUnavailableException problem)
        {
            Log.PolicyUnavailable(logger, call.DecisionId, problem.Message);
        }
        catch (OperationCanceledException)
        {
            Log.HungUp(logger, call.DecisionId);
        }
        catch (Exception problem)
        {
            // Whatever it is, it is no answer. The type only: its message may hold what must not be in a log.
            Log.PolicyUnavailable(logger, call.DecisionId, problem.GetType().Name);
        }

        return (Refused)Refusals.PolicyUnavailable;
    }

    /// <summary>May the person of this call see that line of the log (R18f)? The call itself was allowed before.</summary>
    /// <exception cref="PolicyUnavailableException">No answer.</exception>
    public async ValueTask<bool> MayBeShownAsync(Call call, LoggedLine line, CancellationToken cancellationToken) =>
        (await engine.DecideAsync(Question(call) with { Logged = line }, cancellationToken)).Allow;

    /// <summary>
    /// What the policy says when the question is about nobody: a refusal by one of R1 to R9 then holds for everybody, because these rules know organisations,
    /// role, purpose, category and operation only.
    /// </summary>
    /// <exception cref="PolicyUnavailableException">No answer.</exception>
    public async ValueTask<PolicyDecision> AboutNobodyAsync(
        Participant caller, string role, string purpose, Participant target, Operation operation, CancellationToken cancellationToken)
    {
        var question = new PolicyInput
        {
            Caller = Party(caller),
            Target = Party(target),
            Actor = "nobody",
            ActorRole = role,
            Purpose = purpose,
            Category = operation.Category,
            Action = operation.Action,
            Time = time.GetUtcNow().UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
        };
        return await engine.DecideAsync(question, cancellationToken).AsTask().WaitAsync(Limit, time, cancellationToken);
    }

    private PolicyInput Question(Call call)
    {
        var (caller, target, operation) = (call.Caller!, call.Target!, call.Operation!);
        if (call.Subject is { } person)
        {
            call.View = involvements.PositionOf(person);
            call.CallerInvolved = involvements.IsInvolved(caller.Oin, person, call.Purpose);
            call.TargetInvolved = involvements.IsInvolved(target.Oin, person, call.Purpose);
            call.CallerInvited = involvements.IsInvited(caller.Oin, person, call.Purpose);
        }

        call.PolicyTime = time.GetUtcNow().UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        return new PolicyInput
        {
            Caller = Party(caller),
            Target = Party(target),
            Actor = call.Actor,
            ActorRole = call.ActorRole,
            Purpose = call.Purpose,
            Category = operation.Category,
            Action = operation.Action,
            Subject = call.Subject?.Value ?? "",
            RequestedFields = call.RequestedFields,
            Facts = call.Facts,
            CallerInvolved = call.CallerInvolved,
            TargetInvolved = call.TargetInvolved,
            Invited = call.CallerInvited,
            Justification = call.Justification,
            Time = call.PolicyTime,
            TraceParent = call.TraceParent,
        };
    }

    /// <summary>R21: what the policy asks and nobody would carry out is a reason not to disclose.</summary>
    private Refused? RefuseUnknownObligation(Call call, PolicyDecision decision)
    {
        if (KnownObligations.FirstUnknown(decision) is not { } unknown)
        {
            return null;
        }

        Log.ObligationUnknown(logger, call.DecisionId, unknown, decision.Revision);
        return (Refused)Refusals.ObligationUnknown;
    }

    private static PolicyParty Party(Participant participant) =>
        new(participant.Oin.Value, participant.OrganisationType, participant.Status);

    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Error, "Decision {DecisionId}: the policy gave no answer, refused. {Problem}")]
        public static partial void PolicyUnavailable(ILogger logger, string decisionId, string problem);

        [LoggerMessage(3002, LogLevel.Information, "Decision {DecisionId}: the caller hung up before the policy answered, refused")]
        public static partial void HungUp(ILogger logger, string decisionId);

        [LoggerMessage(3003, LogLevel.Error, "Decision {DecisionId}: this gateway does not know the obligation {Obligation} of policy revision {Revision}, refused")]
        public static partial void ObligationUnknown(ILogger logger, string decisionId, string obligation, string revision);
    }
}
