using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Grpc.Core;
using Keten.Contracts.Fhir;

namespace Keten.Fhir.Tests;

/// <summary>A refusal names the ids by which the logs find it, and only those there are.</summary>
public sealed class FhirOutcomeTests
{
    [Theory]
    [InlineData("", "", null)]
    [InlineData("d", "", "decision d")]
    [InlineData("", "t", "transaction t")]
    [InlineData("d", "t", "decision d, transaction t")]
    public void Diagnostics_name_only_what_is_there(string decision, string transaction, string? expected)
    {
        var outcome = new FhirOutcome("FHIR_RESOURCE_INVALID", StatusCode.InvalidArgument, "English", "Nederlands", decision, transaction);
        var json = JsonDocument.Parse(outcome.Write(FhirFormat.Json)).RootElement.GetProperty("issue")[0];
        var xml = XDocument.Parse(Encoding.UTF8.GetString(outcome.Write(FhirFormat.Xml)));
        Assert.Equal(expected, json.TryGetProperty("diagnostics", out var told) ? told.GetString() : null);
        Assert.Equal(expected, xml.Descendants("{http://hl7.org/fhir}diagnostics").SingleOrDefault()?.Attribute("value")?.Value);
    }
}
