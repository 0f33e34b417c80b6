using System.Globalization;
using Grpc.Core;
using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.Gateway.Decisions;
using Keten.Gateway.Involvement.View;
using Keten.Gateway.Pipeline;
using Keten.Identity;
using Keten.Policy;
using Keten.Protocol.V1;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Own;

/// <summary>
/// What passed through this gateway about the person of the call, refused attempts and reports of involvement included, without what the policy
/// leaves out (R18f). Complete up to the question, or no answer.
/// </summary>
internal sealed class GatewayLogGrpcService(
    SegmentedDecisionLog log, IOptions<DecisionLogOptions> options, SubjectIndex index, AccessDecision access, InvolvementView involvements,
    IParticipantRegistry participants, TimeProvider time) : GatewayLogService.GatewayLogServiceBase
{
    private const int MostLines = 1_000;
    private static readonly TimeSpan CatchUpLimit = TimeSpan.FromSeconds(5);

    public override async Task<ListDecisionsResponse> ListDecisions(ListDecisionsRequest request, ServerCallContext context)
    {
        var call = OwnAnswer.CallOf(context);
        if (request.Offset < 0 || request.Limit is < 0 or > MostLines || !TryRead(request.Until, out var until))
        {
            throw OwnAnswer.Refuse(context, Refusals.SearchInvalid);
        }

        await CatchUpAsync(context);
        var shown = await ShownAsync(call, until, context);
        var answer = new ListDecisionsResponse { Lines = { shown.Skip(request.Offset).Take(request.Limit == 0 ? MostLines : request.Limit) } };
        return await OwnAnswer.GiveAsync(context, answer);
    }

    private async Task CatchUpAsync(ServerCallContext context)
    {
        using var limit = new CancellationTokenSource(CatchUpLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.CancellationToken);
        try
        {
            await index.CatchUpAsync(log.Durable, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw OwnAnswer.Refuse(context, Refusals.GatewayNotReady);
        }
    }

    private async Task<List<ProcessingLine>> ShownAsync(Call call, DateTimeOffset until, ServerCallContext context)
    {
        var person = call.Subject!.Value;
        var places = Find(person, context);
        var records = PlacesReader.Read(
            options.Value.Directory, places.Select(p => p.Decision).Concat(places.Where(p => p.Outcome is not null).Select(p => p.Outcome!.Value)),
            context.CancellationToken);
        var shields = involvements.Table.Of(person).Where(i => i.Shielded).Select(i => i.Organisation.Value).ToHashSet(StringComparer.Ordinal);
        var answers = new Dictionary<LoggedLine, bool>();
        var shown = new List<ProcessingLine>();
        foreach (var (place, end) in places.Reverse())
        {
            // A record whose person was erased since opens no more, and is about nobody.
            if (records.GetValueOrDefault(place)?.Decision is { } decision && decision.Subject == person.Value && decision.DecidedAt.ToDateTimeOffset() < until
                && await MayBeShownAsync(call, Question(decision, shields), answers, context))
            {
                shown.Add(DecisionLogLines.Of(decision, end is { } at ? records.GetValueOrDefault(at)?.Outcome : null));
            }
        }

        return shown;
    }

    private IReadOnlyList<(long Decision, long? Outcome)> Find(Pseudonym person, ServerCallContext context)
    {
        try
        {
            return index.Find(person);
        }
        catch (IOException)
        {
            // The index keeps the fault, and its follower logs it at the next record.
            throw OwnAnswer.Refuse(context, Refusals.GatewayNotReady);
        }
    }

    private async ValueTask<bool> MayBeShownAsync(Call call, LoggedLine question, Dictionary<LoggedLine, bool> answers, ServerCallContext context)
    {
        if (answers.TryGetValue(question, out var known))
        {
            return known;
        }

        try
        {
            return answers[question] = await access.MayBeShownAsync(call, question, context.CancellationToken);
        }
        catch (PolicyUnavailableException)
        {
            throw OwnAnswer.Refuse(context, Refusals.PolicyUnavailable);
        }
    }

    private LoggedLine Question(DecisionRecord decision, HashSet<string> shields) => new(
        TypeOf(decision.Caller), decision.Target is null ? "" : TypeOf(decision.Target), decision.Purpose, decision.Category,
        DecisionLogLines.IsUninformed(decision), shields.Contains(decision.Caller?.Oin ?? "") || shields.Contains(decision.Target?.Oin ?? ""),
        (int)(time.GetUtcNow() - decision.DecidedAt.ToDateTimeOffset()).TotalDays);

    /// <summary>As the record has it; a report that was refused before the policy has no more than the OIN.</summary>
    private string? TypeOf(Party? party) =>
        party is { OrganisationType.Length: > 0 } ? party.OrganisationType
        : Oin.TryParse(party?.Oin, out var oin) && participants.TryGet(oin, out var participant) ? participant.OrganisationType : null;

    private static bool TryRead(string text, out DateTimeOffset moment)
    {
        moment = DateTimeOffset.MaxValue;
        return text.Length == 0
            || DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out moment);
    }
}
