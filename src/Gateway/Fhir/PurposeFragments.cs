using System.Collections.Concurrent;
using System.Globalization;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Gateway.Decisions;
using Keten.Gateway.Pipeline;
using Keten.Identity;
using Keten.Policy;

namespace Keten.Gateway.Fhir;

/// <summary>
/// Which operations a purpose offers to whom at whom, whoever the person is: the fragment of the CapabilityStatement, and what lies outside it is refused
/// without asking the policy anew. It is the policy's own answer to a question about nobody, once for each combination and revision, so it cannot differ.
/// </summary>
internal sealed class PurposeFragments(IPolicyEngine engine, AccessDecision access, TimeProvider time)
{
    // Role and purpose are the caller's words: what it can fill has an end.
    private const int MaxKnown = 4096;

    // The rules that look at no person: organisations, role, purpose, category and operation (domain.md section 6).
    private static readonly HashSet<string> AboutNobody = new(["R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9"], StringComparer.Ordinal);

    private readonly ConcurrentDictionary<Key, PolicyDecision> _known = new();

    /// <summary>Null for gRPC, and for FHIR when the purpose offers the operation; otherwise what the policy says of it.</summary>
    public async ValueTask<Refused?> RefusalAsync(Call call)
    {
        if (call.Fhir is null)
        {
            return null;
        }

        PolicyDecision answer;
        try
        {
            answer = await AnswerAsync(call.Caller!, call.ActorRole, call.Purpose, call.Target!, call.Operation!, call.Http.RequestAborted);
        }
        catch (Exception problem) when (problem is PolicyUnavailableException or TimeoutException or OperationCanceledException)
        {
            return (Refused)Refusals.PolicyUnavailable;
        }

        if (IsOffered(answer))
        {
            return null;
        }

        call.Decision = answer;
        call.PolicyTime = time.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        return Refused.By(answer);
    }

    /// <summary>True when the policy could allow the operation for some person.</summary>
    /// <exception cref="PolicyUnavailableException">No answer.</exception>
    public async ValueTask<bool> OffersAsync(Participant caller, string role, string purpose, Participant target, Operation operation, CancellationToken cancellationToken) =>
        IsOffered(await AnswerAsync(caller, role, purpose, target, operation, cancellationToken));

    private static bool IsOffered(PolicyDecision answer) => answer.Allow || !AboutNobody.Contains(answer.Rule);

    private async ValueTask<PolicyDecision> AnswerAsync(
        Participant caller, string role, string purpose, Participant target, Operation operation, CancellationToken cancellationToken)
    {
        var key = new Key(engine.Revision, caller.OrganisationType, caller.Status, role, purpose, target.OrganisationType, target.Status, operation);
        if (_known.TryGetValue(key, out var known))
        {
            return known;
        }

        var answer = await access.AboutNobodyAsync(caller, role, purpose, target, operation, cancellationToken);
        if (_known.Count >= MaxKnown)
        {
            _known.Clear();
        }

        // Under the revision that gave it: another may have come in between.
        _known[key with { Revision = answer.Revision }] = answer;
        return answer;
    }

    private sealed record Key(
        string Revision, string CallerType, string CallerStatus, string Role, string Purpose, string TargetType, string TargetStatus, Operation Operation);
}
