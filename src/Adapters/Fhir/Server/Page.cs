using Hl7.Fhir.Model;

namespace Keten.Adapters.Fhir.Server;

/// <summary>
/// One page of an answer, read as far as others need it: the FHIR model keeps what it could not read, and throws only when it is looked at.
/// </summary>
internal sealed record Page(IReadOnlyList<(Resource Resource, Bundle.SearchEntryMode? Mode)> Entries, string? Next, int? Total)
{
    /// <exception cref="AnswerException">It is no searchset, or says that the search failed.</exception>
    public static Page Read(Bundle bundle)
    {
        if (bundle.Type != Bundle.BundleType.Searchset || bundle.Entry.Exists(e => e?.Resource is null) || bundle.Link.Contains(null!))
        {
            throw new AnswerException("form", "the answer is no searchset with resources");
        }

        if (bundle.Entry.Exists(e => e.Resource is OperationOutcome outcome && !outcome.Success))
        {
            throw new AnswerException("outcome", "the server says in its answer that it failed; see its own log");
        }

        var next = bundle.Link.Find(l => l.Relation == "next");
        if (next is { Url: not { Length: > 0 } })
        {
            throw new AnswerException("form", "the answer says that there is a next page, and not where");
        }

        var entries = bundle.Entry.Where(e => e.Resource is not OperationOutcome).Select(e => (e.Resource!, e.Search?.Mode)).ToList();
        return entries.TrueForAll(e => e.Item1.Id is { Length: > 0 })
            ? new Page(entries, next?.Url, bundle.Total)
            : throw new AnswerException("form", "the answer holds a resource without an id");
    }
}
