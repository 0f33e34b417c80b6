using Hl7.Fhir.Model;
using Keten.Contracts;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Keten.Gateway.Pipeline;
using Keten.Gateway.Routing;

namespace Keten.Gateway.Fhir.Bundles;

/// <summary>
/// A searchset while it is put together of the answers to several questions. All of them have to come before one moment, and there is an end to how much of them is
/// taken in.
/// </summary>
internal sealed class BundleDraft
{
    /// <summary>Of all answers together, in bytes. The model of one takes a multiple of it.</summary>
    private const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>Longest terms that are passed on, as in the record.</summary>
    private const int MaxTerms = 16 * 1024;

    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestQuestion = TimeSpan.FromSeconds(10);

    private readonly DateTimeOffset _until;
    private readonly TimeProvider _time;
    private long _bytes;

    public BundleDraft(Call call, TimeProvider time)
    {
        (Call, _time) = (call, time);
        var limit = GrpcDeadline.Read(call.Http.Request.Headers) ?? DefaultLimit;
        _until = time.GetUtcNow() + (limit < DefaultLimit ? limit : DefaultLimit);
    }

    /// <summary>Who asked, and what.</summary>
    public Call Call { get; }

    public Bundle Bundle { get; set; } = new() { Type = Bundle.BundleType.Searchset };

    /// <summary>How long the next question may take; zero when time is up.</summary>
    public TimeSpan TimeForOne()
    {
        var left = _until - _time.GetUtcNow();
        return left <= TimeSpan.Zero ? TimeSpan.Zero : left < LongestQuestion ? left : LongestQuestion;
    }

    /// <summary>False when an answer of this length is more than there may be.</summary>
    public bool Takes(int bytes) => Interlocked.Add(ref _bytes, bytes) <= MaxBytes;

    /// <summary>Adds what was found, and under which terms, or why nothing was.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="mode">What its entries are in this searchset.</param>
    /// <param name="source">OIN of who was asked.</param>
    public void Add(SubAnswer answer, Bundle.SearchEntryMode mode, string source)
    {
        if (answer.Outcome is { } outcome)
        {
            AddOutcome(outcome, source);
            return;
        }

        foreach (var entry in answer.Bundle!.Entry)
        {
            entry.Search = new Bundle.SearchComponent { Mode = entry.Search?.Mode == Bundle.SearchEntryMode.Match ? mode : entry.Search?.Mode };
            entry.Extension.Add(new Extension(FhirNames.ExtensionRoot + "decision", new Id(answer.DecisionId)));
            Bundle.Entry.Add(entry);
        }

        AddTerms(answer);
        if (answer.Bundle.Link.Exists(l => l.Relation == "next"))
        {
            AddOutcome(SubQuestions.OutcomeOf(FhirRefusals.BundleIncomplete), source);
        }
    }

    /// <summary>The terms of one answer. In the bundle and not in headers, which have an end that many sources would pass.</summary>
    public void AddTerms(SubAnswer answer)
    {
        if (answer.Headers[KetenHeaders.Disclosure] is [{ Length: > 0 and <= MaxTerms } terms])
        {
            (Bundle.Meta ??= new Meta()).Extension.Add(
                new Extension(FhirNames.ExtensionRoot + "disclosure", new Base64Binary { JsonValue = terms.PadRight((terms.Length + 3) & ~3, '=') }));
        }
    }

    /// <summary>Adds an outcome that says of whom it is.</summary>
    public void AddOutcome(OperationOutcome outcome, string source)
    {
        outcome.Issue.ForEach(issue => issue.Extension.Add(new Extension(FhirNames.ExtensionRoot + "source", new Identifier(FhirNames.OinSystem, source))));
        Bundle.Entry.Add(new Bundle.EntryComponent { Resource = outcome, Search = new Bundle.SearchComponent { Mode = Bundle.SearchEntryMode.Outcome } });
    }

    public System.Threading.Tasks.Task WriteAsync()
    {
        Call.Http.Response.Headers[KetenHeaders.TransactionId] = Call.TransactionId;
        Call.Http.Response.Headers.CacheControl = "private, no-cache";
        return FhirAnswer.WriteAsync(Call.Http, Call.Fhir!.Format, Bundle);
    }
}
