using Keten.Adapters.Sdk.Ports;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Policy;
using Keten.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Sdk.Disclosure;

/// <summary>
/// The same bundle once more, with the facts only this organisation has (domain.md sections 5 and 6). Both must allow, and the second never widens
/// the first: fields are the intersection, obligations the union.
/// </summary>
internal sealed partial class SecondDecision(IPolicyEngine engine, TimeProvider time, ILogger<SecondDecision> logger)
{
    /// <summary>An obligation on us, the target; whether it stands is for this evaluation, which knows the address is secret or not.</summary>
    private const string MaskAddress = ObligationIds.MaskAddressIfSecret;

    public async ValueTask<PolicyDecision> DecideAsync(Decision permit, Operation operation, PersonFacts known, CancellationToken cancellationToken)
    {
        if (!CaseFacts.TryParse(permit.AssertedFacts.Memory, out var asserted, out _))
        {
            throw new AdapterRefusedException(Refusals.DecisionMismatch);
        }

        // The policy first: a contradiction tells that the person is known here, and only an allowed caller may be told even that.
        var decision = await EvaluateAsync(permit, operation, asserted, known, cancellationToken);
        if (!decision.Allow)
        {
            return decision;
        }

        // What is delivered is weighed by the target's staff, who need not know the person: the answer is the same whether they do or not.
        if (!operation.Delivers && Contradicts(asserted, known))
        {
            throw new AdapterRefusedException(
                permit.TargetInvolved ? Refusals.AssertionContradicted : Refusals.AccessNotPermitted, Refusals.AssertionContradicted.Code, decision.Revision);
        }

        return Narrowed(permit, decision);
    }

    /// <summary>May the person of this call see that line of the log (R18f)? The call itself was allowed before.</summary>
    public async ValueTask<bool> MayBeShownAsync(VerifiedCall call, LoggedLine line, CancellationToken cancellationToken) =>
        CaseFacts.TryParse(call.Permit.AssertedFacts.Memory, out var asserted, out _)
        && (await EvaluateAsync(call.Permit, call.Operation, asserted, PersonFacts.Unknown, cancellationToken, line)).Allow;

    private async ValueTask<PolicyDecision> EvaluateAsync(
        Decision permit, Operation operation, CaseFacts asserted, PersonFacts known, CancellationToken cancellationToken, LoggedLine? logged = null)
    {
        try
        {
            return await engine.DecideAsync(
                new PolicyInput
                {
                    Caller = Party(permit.Caller),
                    Target = Party(permit.Target),
                    Actor = permit.Actor,
                    ActorRole = permit.ActorRole,
                    Purpose = permit.Purpose,
                    Category = operation.Category,
                    Action = operation.Action,
                    Subject = permit.Subject,
                    RequestedFields = permit.RequestedFields.Count > 0 ? permit.RequestedFields : null,
                    Facts = asserted,
                    CallerInvolved = permit.CallerInvolved,
                    TargetInvolved = permit.TargetInvolved,
                    Invited = permit.CallerInvited,
                    SecretAddress = known.SecretAddress,
                    InspectionRestricted = known.InspectionRestricted,
                    ChildObjects = known.ChildObjects,
                    Logged = logged,
                    Justification = permit.Justification.Length > 0 ? permit.Justification : null,
                    Time = time.GetUtcNow().UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
                },
                cancellationToken);
        }
        catch (PolicyUnavailableException problem)
        {
            Log.PolicyUnavailable(logger, permit.DecisionId, problem.Message);
            throw new AdapterRefusedException(Refusals.PolicyUnavailable);
        }
    }

    private bool Contradicts(CaseFacts asserted, PersonFacts known)
    {
        if (asserted.SubjectAge is { } age && known.BirthDate is { } birth && age != Age.On(birth, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime)))
        {
            return true;
        }

        if (asserted.Consent == "given" && known.Consent is { } consent && consent != "given")
        {
            return true;
        }

        return asserted.Flags.Any(flag => flag.Value && known.States.TryGetValue(flag.Key, out var state) && !state);
    }

    private static PolicyDecision Narrowed(Decision permit, PolicyDecision second) => second with
    {
        Fields = [.. second.Fields.Where(permit.Fields.Contains)],
        Obligations = [.. permit.Obligations.Where(o => o != MaskAddress).Union(second.Obligations).Order(StringComparer.Ordinal)],
    };

    private static PolicyParty Party(Party party) => new(party.Oin, party.OrganisationType, party.Status);

    private static partial class Log
    {
        [LoggerMessage(7003, LogLevel.Error, "Decision {DecisionId}: the policy gave no answer, nothing was disclosed. {Problem}")]
        public static partial void PolicyUnavailable(ILogger logger, string decisionId, string problem);
    }
}
