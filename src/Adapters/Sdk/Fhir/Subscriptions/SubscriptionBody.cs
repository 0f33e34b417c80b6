using System.Text.Json;
using System.Xml;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Keten.Contracts;
using Keten.Contracts.Fhir;

namespace Keten.Adapters.Sdk.Fhir.Subscriptions;

/// <summary>
/// Reads a Subscription from a body: never more of it than the limit, never deeper than the limit, and strictly. Why it failed is not passed on: the model's
/// messages repeat what was sent.
/// </summary>
internal static class SubscriptionBody
{
    /// <summary>Longest body, in bytes.</summary>
    public const int MaxBytes = 16 * 1024;

    // Subscription, channel, header: a third of this is enough. The model reads by recursion, so depth is looked at before.
    private const int MaxDepth = 12;

    /// <summary>The body; null when it is longer than <see cref="MaxBytes"/>.</summary>
    public static async Task<byte[]?> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxBytes + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length > MaxBytes ? null : buffer[..length];
    }

    /// <summary>Null when it is a Subscription.</summary>
    public static Refusal? Parse(byte[] body, FhirFormat format, out Subscription subscription)
    {
        subscription = new Subscription();
        try
        {
            if ((format == FhirFormat.Xml ? ParseXml(body) : ParseJson(body)) is not Subscription parsed)
            {
                return SubscriptionRefusals.Invalid;
            }

            subscription = parsed;
            return null;
        }
        catch (Exception problem) when (problem is JsonException or XmlException or DeserializationFailedException)
        {
            return SubscriptionRefusals.Invalid;
        }
    }

    private static Resource? ParseJson(byte[] body)
    {
        using var look = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
        if (look.RootElement.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        return FhirJsonDeserializer.STRICT.DeserializeResource(ref reader);
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
        return FhirXmlDeserializer.STRICT.DeserializeResource(reader);
    }

    private static XmlReader Xml(byte[] body) => XmlReader.Create(
        new MemoryStream(body), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, CloseInput = true });
}
