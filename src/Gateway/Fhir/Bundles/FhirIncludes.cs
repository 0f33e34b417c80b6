using Hl7.Fhir.Model;
using Keten.Contracts;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Keten.Gateway.Pipeline;
using Task = System.Threading.Tasks.Task;

namespace Keten.Gateway.Fhir.Bundles;

/// <summary>
/// Answers a search with what it brings along (<c>_include</c>, <c>_revinclude</c>) as what that is: several questions, each with its own decision and record. What is
/// brought along is asked only when something was found: what is not there brings nothing.
/// </summary>
internal sealed class FhirIncludes(SubQuestions questions)
{
    private static readonly string[] OfTheAnswer = [KetenHeaders.Reason, KetenHeaders.RetentionDays, KetenHeaders.Label, KetenHeaders.Disclosure, "Cache-Control"];

    public async Task AnswerAsync(Call call)
    {
        var (http, asked) = (call.Http, call.Fhir!);
        var found = await questions.AskAsync(call, http.RequestAborted);
        http.Response.StatusCode = found.Status;
        http.Response.Headers[KetenHeaders.TransactionId] = call.TransactionId;
        foreach (var name in OfTheAnswer)
        {
            http.Response.Headers[name] = found.Headers[name];
        }

        if (found.Bundle is not { } bundle)
        {
            await FhirAnswer.WriteAsync(http, asked.Format, found.Outcome!);
            return;
        }

        var includes = string.Concat(asked.Includes.Where(i => i.IsOwnQuestion).Select(i => $"&{i.Parameter}={i.Value}"));
        bundle.Link.ForEach(link => link.Url += link.Url!.Contains('?', StringComparison.Ordinal) ? includes : "?" + includes[1..]);
        if (bundle.Entry.Exists(e => e.Search?.Mode == Bundle.SearchEntryMode.Match))
        {
            await AddAsync(call, bundle);
        }

        await FhirAnswer.WriteAsync(http, asked.Format, bundle);
    }

    private async Task AddAsync(Call call, Bundle bundle)
    {
        foreach (var include in call.Fhir!.Includes.Where(i => i.IsOwnQuestion))
        {
            FhirCatalogue.TryGet(include.Type, call.Fhir.OfGateway, out var type);
            var answer = await questions.AskAsync(call, call.Fhir.Target, type!, call.Http.RequestAborted);
            BundleParts.Add(bundle, answer, Bundle.SearchEntryMode.Include, call.Fhir.Target);
            call.Http.Response.Headers.Append(KetenHeaders.Disclosure, answer.Headers[KetenHeaders.Disclosure]);
        }
    }
}
