using Keten.Contracts.Fhir;

namespace Keten.Fhir.Tests;

/// <summary>What is understood of a request, and what of it travels on.</summary>
public sealed class FhirRequestTests
{
    private const string Base = "/00000099000000001003/fhir/";
    private static readonly string Id = new('a', FhirId.Length);

    [Theory]
    [InlineData("?_format=application/fhir%2Bxml;x=hello", "")]
    [InlineData("?patient=Patient/ID&_format=json", "patient=ID")]
    [InlineData("?%5Fid=ID&&", "_id=ID")]
    public void Nothing_a_caller_made_up_travels_on(string query, string passed)
    {
        Assert.Null(FhirRequest.Read("GET", Base + "RelatedPerson", query.Replace("ID", Id, StringComparison.Ordinal), null, null, out var request));
        Assert.Equal(passed.Replace("ID", Id, StringComparison.Ordinal), request.QueryOf());
    }

    [Theory]
    [InlineData(null, null, FhirFormat.Json)]
    [InlineData(null, "*/*", FhirFormat.Json)]
    [InlineData(null, "application/fhir+xml;q=0.5, application/fhir+json;q=0.9", FhirFormat.Json)]
    [InlineData(null, "text/html, application/fhir+xml; fhirVersion=4.0", FhirFormat.Xml)]
    [InlineData("xml", "application/fhir+json", FhirFormat.Xml)]
    [InlineData("application/fhir xml", null, FhirFormat.Xml)]
    [InlineData(null, "application/fhir+xml; fhirVersion=3.0", null)]
    [InlineData(null, ";;;,,,", null)]
    [InlineData("html", "application/fhir+json", null)]
    public void The_form_of_the_answer_is_the_parameters_then_the_best_accepted(string? parameter, string? accept, FhirFormat? chosen) =>
        Assert.Equal(chosen, FhirFormats.Choose(parameter, accept));

    [Theory]
    [InlineData("/00000099000000001003/fhir", true)]
    [InlineData("/00000099000000001003/fhir/Patient", true)]
    [InlineData("/00000099000000001003/fhirs", false)]
    [InlineData("/keten.person.v1.PersonService/GetPerson", false)]
    [InlineData("/fhir/Patient", false)]
    [InlineData("/", false)]
    [InlineData("", false)]
    public void Only_paths_under_fhir_are_fhir(string path, bool fhir) => Assert.Equal(fhir, FhirRequest.IsFhir(path));

    [Fact]
    public void Every_refusal_has_a_client_status_of_its_own_kind_but_for_want_of_room() => Assert.All(FhirRefusals.All, r =>
    {
        var status = FhirOutcome.HttpStatusOf(r.Code, r.Status);
        Assert.True(r == FhirRefusals.BundlesBusy ? status == 503 : status is >= 400 and <= 415, $"{r.Code}: {status}");
    });
}
