using System.Text.Json;
using System.Xml;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Keten.Contracts.Fhir;

namespace Keten.Fhir;

/// <summary>
/// Reads a resource that somebody sent: strictly, no deeper than the limit, no member twice, no DTD. Why it failed is not passed on: the model's messages repeat
/// what was sent.
/// </summary>
internal static class FhirReading
{
    // The deserializers go down by calling themselves, so depth is looked at before.
    private const int MaxDepth = 32;

    /// <summary>Null when it is no resource of R4.</summary>
    /// <param name="body">Of a length that was limited before.</param>
    /// <param name="format">What it says it is.</param>
    public static Resource? Parse(byte[] body, FhirFormat format)
    {
        try
        {
            return format == FhirFormat.Json ? ParseJson(body) : ParseXml(body);
        }
        catch (Exception problem) when (problem is JsonException or XmlException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Resource? ParseJson(byte[] body)
    {
        using (JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false }))
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
            return FhirJsonDeserializer.STRICT.TryDeserializeResource(ref reader, out var resource, out _) ? resource : null;
        }
    }

    private static Resource? ParseXml(byte[] body)
    {
        using (var look = Xml(body))
        {
            while (look.Read())
            {
                if (look.Depth > MaxDepth)
                {
                    return null;
                }
            }
        }

        using var reader = Xml(body);
        return FhirXmlDeserializer.STRICT.TryDeserializeResource(reader, out var resource, out _) ? resource : null;
    }

    private static XmlReader Xml(byte[] body) =>
        XmlReader.Create(new MemoryStream(body), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, CloseInput = true });
}
