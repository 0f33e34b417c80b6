using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Hl7.Fhir.Serialization;
using Hl7.Fhir.Utility;

namespace Keten.Fhir.Tests.Conformance;

/// <summary>
/// Hl7.Fhir.R4 at its strictest: unknown elements, cardinality, order of elements in XML, forms of primitives, codes of required bindings; and for JSON
/// that no name stands twice.
/// </summary>
internal static class StrictR4
{
    private static readonly JsonDocumentOptions NoNameTwice = new() { AllowDuplicateProperties = false };

    public static IReadOnlyList<string> Problems(string? contentType, string body)
    {
        try
        {
            return [.. (contentType?.StartsWith("application/fhir+xml", StringComparison.Ordinal) == true ? OfXml(body) : OfJson(body)).Select(p => $"strict: {p.Message}")];
        }
        catch (Exception problem) when (problem is XmlException or JsonException)
        {
            return [$"syntax: {problem.Message}"];
        }
    }

    // What is not well-formed, or no object, the deserializers do not report but throw on; so that is read first.
    private static IEnumerable<CodedException> OfXml(string body)
    {
        XDocument.Parse(body);
        return FhirXmlDeserializer.STRICT.TryDeserializeResource(body, out _, out var problems) ? [] : problems;
    }

    private static IEnumerable<CodedException> OfJson(string body)
    {
        using var document = JsonDocument.Parse(body, NoNameTwice);
        return document.RootElement.ValueKind != JsonValueKind.Object ? throw new JsonException("no object")
            : FhirJsonDeserializer.STRICT.TryDeserializeResource(body, out _, out var problems) ? [] : problems;
    }
}
