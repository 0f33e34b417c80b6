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
internal sealed class FhirOverview(
    SubQuestions questions, PurposeFragments fragments, OperationCatalogue catalogue, IParticipantRegistry participants)
{
    private const int AtOnce = 4;

    // The log is another question, and not of care.
    private static readonly FhirResourceType[] Types = [.. FhirCatalogue.All.Where(t => !t.OfGateway && t != FhirCatalogue.AuditEvent)];

    // R8 and R9: this purpose does not open the index to this caller, whoever the person is.
    private static readonly HashSet<string> OutsidePurpose = new(
        ["CATEGORY_NOT_IN_PURPOSE", "CATEGORY_NOT_FOR_CALLER", "OPERATION_NOT_PERMITTED", "TARGET_NOT_A_SOURCE"], StringComparer.Ordinal);

    public async Task AnswerAsync(Call call)
    {
        var http = call.Http;
        var bundle = new Bundle { Type = Bundle.BundleType.Searchset };
        var asked = call.Fhir!;
        var query = asked.Sources.Count > 0 ? "?source=" + string.Join(',', asked.Sources.Select(s => s.Value)) : "";
        bundle.Link.Add(new Bundle.LinkComponent { Relation = "self", Url = $"https://{http.Request.Host}/{asked.Target}/fhir/Patient/$everything{query}" });

        IReadOnlyList<Oin> sources = asked.Sources;
        if (sources.Count == 0)
        {
            var team = await questions.AskAsync(call, asked.Target, FhirCatalogue.CareTeam, http.RequestAborted);
            if (team.Outcome is { } outcome)
            {
                await RefuseAsync(call, team, outcome);
                return;
            }

            BundleParts.Add(bundle, team, Bundle.SearchEntryMode.Match, asked.Target);
            http.Response.Headers.Append(KetenHeaders.Disclosure, team.Headers[KetenHeaders.Disclosure]);
            sources = [.. SourcesIn(bundle).Distinct().Take(FhirRequest.MaxSources)];
        }

        var answers = new IReadOnlyList<SubAnswer>[sources.Count];
        await Parallel.ForAsync(0, sources.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = http.RequestAborted }, async (i, stop) =>
            answers[i] = await AskAsync(call, sources[i], stop));
        for (var i = 0; i < sources.Count; i++)
        {
            Add(http, bundle, sources[i], answers[i]);
        }

        http.Response.Headers[KetenHeaders.TransactionId] = call.TransactionId;
        http.Response.Headers.CacheControl = "private, no-cache";
        await FhirAnswer.WriteAsync(http, asked.Format, bundle);
    }

    /// <summary>Everything the purpose offers at this source, or its first refusal when it offers nothing.</summary>
    private async Task<IReadOnlyList<SubAnswer>> AskAsync(Call call, Oin source, CancellationToken cancellationToken)
    {
        var answers = new List<SubAnswer>();
        foreach (var type in await OfferedAsync(call, source, cancellationToken))
        {
            answers.Add(await questions.AskAsync(call, source.Value, type, cancellationToken));
            if (answers[^1].Status >= StatusCodes.Status500InternalServerError)
            {
                // It is down: nothing more is to be had of it now.
                break;
            }
        }

        return answers;
    }

    private async Task<IReadOnlyList<FhirResourceType>> OfferedAsync(Call call, Oin source, CancellationToken cancellationToken)
    {
        var offered = new List<FhirResourceType>();
        if (participants.TryGet(source, out var target))
        {
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
                // The question that is put below is refused for the same reason, in words.
                offered.Clear();
            }
        }

        return offered.Count > 0 ? offered : [FhirCatalogue.EpisodeOfCare];
    }

    private static void Add(HttpContext http, Bundle bundle, Oin source, IReadOnlyList<SubAnswer> answers)
    {
        foreach (var answer in answers.Where(a => a.Bundle is not null))
        {
            BundleParts.Add(bundle, answer, Bundle.SearchEntryMode.Match, source.Value);
            http.Response.Headers.Append(KetenHeaders.Disclosure, answer.Headers[KetenHeaders.Disclosure]);
        }

        // One outcome for each source; a type its ports do not have is nothing that failed.
        var issues = answers.Where(a => a.Outcome is not null && a.Headers[KetenHeaders.Reason] != Refusals.OperationNotOffered.Code)
            .SelectMany(a => a.Outcome!.Issue).ToList();
        if (issues.Count > 0)
        {
            BundleParts.AddOutcome(bundle, new OperationOutcome { Issue = issues }, source.Value);
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
        call.Http.Response.Headers[KetenHeaders.Reason] = team.Headers[KetenHeaders.Reason];
        await FhirAnswer.WriteAsync(call.Http, call.Fhir!.Format, outcome);
    }

    private static IEnumerable<Oin> SourcesIn(Bundle bundle) => bundle.Entry.Select(e => e.Resource).OfType<CareTeam>()
        .SelectMany(t => t.Contained.OfType<Organization>()).SelectMany(o => o.Identifier).Where(i => i.System == FhirNames.OinSystem)
        .Select(i => Oin.TryParse(i.Value, out var oin) ? oin : (Oin?)null).OfType<Oin>();
}
