using System.Text.RegularExpressions;
using CsCheck;
using Keten.Contracts.Fhir;

namespace Keten.Fhir.Tests;

/// <summary>Random requests, half of them of the words a request is made of: read or refused, never an exception, and nothing but closed forms travels on.</summary>
public sealed partial class FhirRequestFuzzTests
{
    private static readonly string Id = new('a', FhirId.Length);

    private static readonly string[] Words =
    [
        "Patient", "RelatedPerson", "EpisodeOfCare", "Observation", "metadata", "_search", "_history", "$everything", "_id", "patient", "identifier", "patient:identifier",
        "_format", "_elements", "_summary", "_count", "_include", "_has:a:b:c", "source", "json", "xml", "application/fhir+json", "true", "1", "-1", "999912112", Id,
        "Patient/" + Id, FhirNames.PseudonymSystem + "|k1.E3iRmmB8g49GPUf00d87YsMZv7U4MdweJnOu_nB_MU8", FhirNames.BsnSystems[0] + "|x", "", ".", "..", "%", "%2", "%zz",
        "%00", "%2e%2e", "%252e", "%2F", "%5C", "%F0%9F", "%C0%AE", "%ud800", "+", "|", ",", ";", "=", "&", "?", "#", "\0", "\ud800", "İ", "é",
    ];

    private static readonly string[][] GoodPaths = 
        [["metadata"], ["Patient"], ["Patient", Id], ["Patient", "$everything"], ["RelatedPerson"], ["RelatedPerson", "_search"], ["EpisodeOfCare", Id], ["AuditEvent"], ["CareTeam"]];

    private static readonly string[] GoodPairs =
    [
        "_id=" + Id, "patient=" + Id, "patient=Patient/" + Id, "_format=xml", "_summary=true", "_summary=count", "_elements=period", "_elements=name,period", "_count=2",
        "_count=0", "_after=" + Id, "_include=RelatedPerson:patient", "_revinclude=Provenance:target", "source=00000099000000001003", "date=lt2026-01-01", "",
    ];

    private static readonly Gen<string> Word = Gen.Frequency((3, OneOf(Words)), (1, Gen.String[0, 30]));

    private static readonly Gen<string> Method = Gen.Frequency((4, OneOf(["GET", "GET", "POST", "PUT", "HEAD"])), (1, Gen.String[0, 8]));

    private static readonly Gen<string[]> Path = Gen.Frequency((1, Word.Array[0, 4]), (1, OneOf(GoodPaths)));

    private static readonly Gen<string> Query = Gen.Frequency(
        (1, Gen.Select(Word, Word).Select((name, value) => $"{name}={value}").Array[0, 6]), (1, OneOf(GoodPairs).Array[0, 2])).Select(pairs => string.Join('&', pairs));

    private static readonly Gen<string?> Header = Gen.Frequency(
        (2, Gen.Const((string?)null)), (2, Gen.Const<string?>("application/x-www-form-urlencoded")), (1, Gen.Const<string?>("application/fhir+xml; fhirVersion=4.0")),
        (1, Gen.String[0, 40].Select(s => (string?)s)), (1, Word.Array[0, 4].Select(words => (string?)string.Join(",;", words))));

    [Fact]
    public void Any_request_is_read_or_refused_and_only_closed_forms_travel_on()
    {
        var accepted = 0;
        Gen.Select(Method, Path, Query, Query, Header, Header).Sample((method, segments, query, form, accept, contentType) =>
        {
            var path = string.Join('/', [segments.Length == 4 ? "//fhir" : "/00000099000000001003/fhir", .. segments]);
            Assert.True(FhirRequest.IsFhir(path));
            var refusal = FhirRequest.Read(method, path, query, accept, contentType, out var request);
            if (refusal is null && request.HasForm)
            {
                refusal = request.AddForm(form);
            }

            if (refusal is not null)
            {
                Assert.Contains(refusal, FhirRefusals.All);
                return;
            }

            // What travels on is understood at the other end as it was here.
            Interlocked.Increment(ref accepted);
            Assert.Matches(Closed(), request.UrlQuery);
            Assert.Null(FhirRequest.Read(method, path, "?" + request.UrlQuery, request.Format.MediaType(), contentType, out var again));
            Assert.Null(request.HasForm ? again.AddForm(form) : null);
            Assert.Equal((request.Interaction, request.Type, request.Id, request.Format, request.QueryOf()), (again.Interaction, again.Type, again.Id, again.Format, again.QueryOf()));
        }, iter: 20_000);
        Assert.True(accepted > 100, $"The generated requests were nearly all refused: {accepted} were not.");
    }

    [Fact]
    public void Any_form_of_content_is_chosen_or_refused() =>
        Gen.Select(Header, Header).Sample((parameter, accept) => FhirFormats.Choose(parameter, accept) is null or FhirFormat.Json or FhirFormat.Xml, iter: 20_000);

    private static Gen<T> OneOf<T>(T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    [GeneratedRegex("^[A-Za-z0-9_=&:,.%-]*$")]
    private static partial Regex Closed();
}
