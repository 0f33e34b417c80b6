using System.Text;
using System.Xml.Linq;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Keten.Contracts.Fhir;
using Microsoft.AspNetCore.Http;
using Task = System.Threading.Tasks.Task;

namespace Keten.Fhir.Tests;

/// <summary>A source's text may hold what neither R4 nor XML can carry.</summary>
public sealed class FhirCharactersTests
{
    [Theory]
    [InlineData("a\u0001b", "a\uFFFDb")]
    [InlineData("a\u000Bb", "a\uFFFDb")]
    [InlineData("a\0b", "a\uFFFDb")]
    [InlineData("a\uFFFEb\uFFFF", "a\uFFFDb\uFFFD")]
    [InlineData("a\t\r\nb", "a\t\r\nb")]
    [InlineData("één 👍\u0085b", "één 👍\u0085b")]
    public Task A_character_that_R4_forbids_is_replaced_in_both_formats(string text, string expected) => WrittenAsync(text, expected);

    // Not as theory data: half of a pair does not survive in an attribute.
    [Fact]
    public async Task Half_of_a_surrogate_pair_is_replaced()
    {
        await WrittenAsync("a" + '\uD83D', "a\uFFFD");
        await WrittenAsync('\uDC4D' + "a", "\uFFFDa");
    }

    private static async Task WrittenAsync(string text, string expected)
    {
        foreach (var format in new[] { FhirFormat.Json, FhirFormat.Xml })
        {
            var patient = new Patient { Name = [new HumanName { Text = text, Given = [text] }], Contained = [new Organization { Name = text }] };
            patient.AddExtension(FhirNames.ExtensionRoot + "x", new FhirString(text));
            var body = await WriteAsync(format, patient);
            Assert.Equal([expected, expected, expected, expected], format == FhirFormat.Xml ? InXml(body) : InJson(body));
        }
    }

    private static async Task<string> WriteAsync(FhirFormat format, Resource resource)
    {
        var http = new DefaultHttpContext();
        using var body = new MemoryStream();
        http.Response.Body = body;
        await FhirAnswer.WriteAsync(http, format, resource);
        return Encoding.UTF8.GetString(body.ToArray());
    }

    private static string[] InJson(string body)
    {
        var patient = FhirJsonDeserializer.DEFAULT.Deserialize<Patient>(body);
        return [patient.Name[0].Text!, patient.Name[0].Given.Single()!, ((Organization)patient.Contained[0]).Name!, patient.Extension[0].Value!.ToString()!];
    }

    // By hand: no reader that mends.
    private static string[] InXml(string body)
    {
        XNamespace fhir = "http://hl7.org/fhir";
        var document = XDocument.Parse(body);
        return [.. new[] { "text", "given", "name", "valueString" }.Select(name => document.Descendants(fhir + name).Select(e => e.Attribute("value")?.Value).First(v => v is not null)!)];
    }
}
