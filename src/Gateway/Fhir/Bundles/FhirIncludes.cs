using Hl7.Fhir.Model;
using Keten.Contracts;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Task = System.Threading.Tasks.Task;

namespace Keten.Gateway.Fhir.Bundles;

/// <summary>
/// Answers a search with what it brings along (<c>_include</c>, <c>_revinclude</c>) as what that is: several questions, each with its own decision and record. What is
/// brought along is asked only when something was found: what is not there brings nothing.
/// </summary>
internal sealed class FhirIncludes(SubQuestions questions)
{
    private static readonly string[] OfTheAnswer = [KetenHeaders.Reason, KetenHeaders.RetentionDays, KetenHeaders.Label, KetenHeaders.Disclosure];

    public async Task AnswerAsync(BundleDraft draft)
    {
        var (http, asked) = (draft.Call.Http, draft.Call.Fhir!);
        var found = await questions.AskAsync(draft);
        http.Response.StatusCode = found.Status;
        foreach (var name in OfTheAnswer)
        {
            http.Response.Headers[name] = found.Headers[name];
        }

        if (found.Bundle is not { } bundle)
        {
            http.Response.Headers[KetenHeaders.TransactionId] = draft.Call.TransactionId;
            await FhirAnswer.WriteAsync(http, asked.Format, found.Outcome!);
            return;
        }

        draft.Bundle = bundle;
        draft.AddTerms(found);
        var own = asked.Includes.Where(i => i.IsOwnQuestion).ToList();
        var includes = string.Join('&', own.Select(i => $"{i.Parameter}={i.Value}"));
        foreach (var link in bundle.Link.Where(l => l.Url is not null))
        {
            link.Url += (link.Url!.Contains('?', StringComparison.Ordinal) ? "&" : "?") + includes;
        }

        foreach (var include in bundle.Entry.Exists(e => e.Search?.Mode == Bundle.SearchEntryMode.Match) ? own : [])
        {
            if (FhirCatalogue.TryGet(include.Type, asked.OfGateway, out var type) && questions.IsWished(draft, type))
            {
                draft.Add(await questions.AskAsync(draft, asked.Target, type), Bundle.SearchEntryMode.Include, asked.Target);
            }
        }

        await draft.WriteAsync();
    }
}
