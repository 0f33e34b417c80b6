using Hl7.Fhir.Model;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Fhir;
using Keten.Contracts.Identifiers;
using Keten.Fhir;
using Keten.Gateway.Pipeline;
using Keten.Identity;
using Keten.Policy;
using Task = System.Threading.Tasks.Task;

namespace Keten.Gateway.Fhir.Bundles;

/// <summary>
/// <c>GET /{gateway}/fhir/Patient/$everything</c>: what the organisations around the person give this caller for this purpose, in one Bundle; of a source that refuses or
/// fails an OperationOutcome. Whom to ask, the index says as far as it tells the caller, or the caller. Nothing here is decided: every question in it is, by itself.
/// </summary>
internal sealed class FhirOverview(SubQuestions questions, PurposeFragments fragments, OperationCatalogue catalogue, IParticipantRegistry participants)
{
    private const int AtOnce = 4;

    // The log is another question, and not of care.
    private static readonly FhirResourceType[] Types = [.. FhirCatalogue.All.Where(t => !t.OfGateway && t != FhirCatalogue.AuditEvent)];

    // R8 and R9: this purpose does not open the index to this caller, whoever the person is.
    private static readonly HashSet<string> OutsidePurpose = new(
        ["CATEGORY_NOT_IN_PURPOSE", "CATEGORY_NOT_FOR_CALLER", "OPERATION_NOT_PERMITTED", "TARGET_NOT_A_SOURCE"], StringComparer.Ordinal);

    public async Task AnswerAsync(BundleDraft draft)
    {
        var (http, asked) = (draft.Call.Http, draft.Call.Fhir!);
        var query = asked.Sources.Count > 0 ? "?source=" + string.Join(',', asked.Sources.Select(s => s.Value)) : "";
        draft.Bundle.Link.Add(new Bundle.LinkComponent { Relation = "self", Url = $"https://{http.Request.Host}/{asked.Target}/fhir/Patient/$everything{query}" });

        var sources = asked.Sources;
        if (sources.Count == 0)
        {
            var team = await questions.AskAsync(draft, asked.Target, FhirCatalogue.CareTeam);
            if (team.Outcome is { } outcome)
            {
                await RefuseAsync(draft.Call, team, outcome);
                return;
            }

            draft.Add(team, Bundle.SearchEntryMode.Match, asked.Target);
            sources = [.. SourcesIn(draft.Bundle).Distinct()];
            foreach (var one in sources.Skip(FhirRequest.MaxSources))
            {
                draft.AddOutcome(SubQuestions.OutcomeOf(FhirRefusals.BundleIncomplete), one.Value);
            }
        }

        var answers = new IReadOnlyList<SubAnswer>[Math.Min(sources.Count, FhirRequest.MaxSources)];
        await Parallel.ForAsync(0, answers.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = http.RequestAborted }, async (i, stop) =>
            answers[i] = await AskAsync(draft, sources[i], stop));
        for (var i = 0; i < answers.Length; i++)
        {
            Add(draft, sources[i], answers[i]);
        }

        await draft.WriteAsync();
    }

    /// <summary>Everything the purpose offers at this source, as far as the caller wishes it; when it offers nothing, the refusal that says why.</summary>
    private async Task<IReadOnlyList<SubAnswer>> AskAsync(BundleDraft draft, Oin source, CancellationToken cancellationToken)
    {
        var answers = new List<SubAnswer>();
        var offered = await OfferedAsync(draft.Call, source, cancellationToken);
        foreach (var type in offered.Count == 0 ? [FhirCatalogue.EpisodeOfCare] : offered.Where(t => questions.IsWished(draft, t)))
        {
            answers.Add(await questions.AskAsync(draft, source.Value, type));
            if (answers[^1].IsSilence)
            {
                break;
            }
        }

        return answers;
    }

    private async Task<IReadOnlyList<FhirResourceType>> OfferedAsync(Call call, Oin source, CancellationToken cancellationToken)
    {
        var offered = new List<FhirResourceType>();
        if (!participants.TryGet(source, out var target))
        {
            return offered;
        }

        try
        {
            foreach (var type in Types)
            {
                if (catalogue.TryGet(type.OperationPath, out var operation)
                    && await fragments.OffersAsync(call.Caller!, call.ActorRole, call.Purpose, target, operation, cancellationToken))
                {
                    offered.Add(type);
                }
            }
        }
        catch (Exception problem) when (problem is PolicyUnavailableException or TimeoutException)
        {
            // The question that is put instead is refused for the same reason, in words.
            offered.Clear();
        }

        return offered;
    }

    private static void Add(BundleDraft draft, Oin source, IReadOnlyList<SubAnswer> answers)
    {
        foreach (var answer in answers.Where(a => a.Bundle is not null))
        {
            draft.Add(answer, Bundle.SearchEntryMode.Match, source.Value);
        }

        // One outcome for each source; a type its ports do not have is nothing that failed.
        var issues = answers.Where(a => a.Outcome is not null && a.Headers[KetenHeaders.Reason] != Refusals.OperationNotOffered.Code)
            .SelectMany(a => a.Outcome!.Issue).ToList();
        if (issues.Count > 0)
        {
            draft.AddOutcome(new OperationOutcome { Issue = issues }, source.Value);
        }
    }

    private static async Task RefuseAsync(Call call, SubAnswer team, OperationOutcome outcome)
    {
        // Purposes that do not open the index can still be asked for of organisations the caller knows of.
        if (team.Headers[KetenHeaders.Reason] is [{ } reason] && OutsidePurpose.Contains(reason))
        {
            await RefusalWriter.WriteAsync(call, (Refused)FhirRefusals.SourcesNeeded);
            return;
        }

        call.Http.Response.StatusCode = team.Status;
        call.Http.Response.Headers[KetenHeaders.TransactionId] = call.TransactionId;
        call.Http.Response.Headers[KetenHeaders.Reason] = team.Headers[KetenHeaders.Reason];
        await FhirAnswer.WriteAsync(call.Http, call.Fhir!.Format, outcome);
    }

    private static IEnumerable<Oin> SourcesIn(Bundle bundle) => bundle.Entry.Select(e => e.Resource).OfType<CareTeam>()
        .SelectMany(t => t.Contained.OfType<Organization>()).SelectMany(o => o.Identifier).Where(i => i.System == FhirNames.OinSystem)
        .Select(i => Oin.TryParse(i.Value, out var oin) ? oin : (Oin?)null).OfType<Oin>();
}
