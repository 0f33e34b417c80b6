using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Keten.Contracts.Identifiers;

namespace Keten.Events;

/// <summary>
/// The envelope: CloudEvents 1.0 in binary mode, NL GOV profile 1.1. It holds nothing about the person: no <c>subject</c>, and ids that say
/// nothing by themselves. <c>CloudNative.CloudEvents.Kafka</c> is not to be had from the registry; the header names are its.
/// </summary>
/// <param name="Id">Unique with the source; the same when the event is sent again.</param>
/// <param name="Source">URN of who wrote it, see <see cref="SourceOf"/>.</param>
/// <param name="Type">One of <see cref="EventTypes"/>.</param>
/// <param name="Time">When it was recorded, not when it happened.</param>
/// <param name="TraceParent">W3C trace context; empty when there is none.</param>
public sealed record CloudEvent(string Id, string Source, string Type, DateTimeOffset Time, string TraceParent = "")
{
    /// <summary>The gateway's source.</summary>
    public const string GatewaySource = "urn:nld:keten:gateway";

    private const string SpecVersion = "1.0";
    private const string ContentType = "application/protobuf";
    private const int MaxAttributeBytes = 256;

    private static readonly string[] Names = ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type", "ce_traceparent"];

    /// <summary>Source of an event that a participant writes.</summary>
    public static string SourceOf(Oin oin) => "urn:nld:oin:" + oin.Value;

    /// <summary>The headers of a Kafka message; more may be added.</summary>
    public Headers ToHeaders()
    {
        var headers = new Headers
        {
            { "ce_specversion", Encoding.UTF8.GetBytes(SpecVersion) },
            { "ce_id", Encoding.UTF8.GetBytes(Id) },
            { "ce_source", Encoding.UTF8.GetBytes(Source) },
            { "ce_type", Encoding.UTF8.GetBytes(Type) },
            { "ce_time", Encoding.UTF8.GetBytes(Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)) },
            { "content-type", Encoding.UTF8.GetBytes(ContentType) },
        };
        if (TraceParent.Length > 0)
        {
            headers.Add("ce_traceparent", Encoding.UTF8.GetBytes(TraceParent));
        }

        return headers;
    }

    /// <summary>The envelope's headers as somebody sent them, for setting a record aside: each once and of bounded size, and no others.</summary>
    public static Headers Copy(Headers? headers)
    {
        var copy = new Headers();
        foreach (var name in Names)
        {
            if (headers?.FirstOrDefault(h => h.Key == name)?.GetValueBytes() is { Length: <= MaxAttributeBytes } value)
            {
                copy.Add(name, value);
            }
        }

        return copy;
    }

    /// <summary>Reads the envelope. On failure <paramref name="fault"/> names the attribute and what was expected, never its value.</summary>
    public static bool TryRead(Headers? headers, [NotNullWhen(true)] out CloudEvent? envelope, out string fault)
    {
        envelope = null;
        if (Find(headers, "ce_specversion") != SpecVersion)
        {
            fault = "ce_specversion must be 1.0";
            return false;
        }

        if (Find(headers, "ce_id") is not { Length: > 0 } id || Find(headers, "ce_source") is not { Length: > 0 } source
            || Find(headers, "ce_type") is not { Length: > 0 } type)
        {
            fault = $"ce_id, ce_source and ce_type must each be there once, of at most {MaxAttributeBytes} bytes";
            return false;
        }

        if (Find(headers, "content-type") is not ContentType)
        {
            fault = $"content-type must be {ContentType}";
            return false;
        }

        if (!DateTimeOffset.TryParse(Find(headers, "ce_time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            fault = "ce_time must be an RFC 3339 time";
            return false;
        }

        envelope = new CloudEvent(id, source, type, time, Find(headers, "ce_traceparent") ?? "");
        fault = "";
        return true;
    }

    // A header that is there twice is as good as none: two readers could take different ones.
    private static string? Find(Headers? headers, string name)
    {
        string? found = null;
        foreach (var header in headers ?? [])
        {
            if (!string.Equals(header.Key, name, StringComparison.Ordinal))
            {
                continue;
            }

            if (found is not null || header.GetValueBytes() is not { Length: <= MaxAttributeBytes } value)
            {
                return null;
            }

            found = Encoding.UTF8.GetString(value);
        }

        return found;
    }
}
