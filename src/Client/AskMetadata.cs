using System.Buffers;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using Keten.Contracts;
using Keten.Contracts.Catalogue;

namespace Keten.Client;

/// <summary>Writes an <see cref="Ask"/> as request metadata.</summary>
public static class AskMetadata
{
    /// <summary>The headers of docs/for-case-systems.md, each once.</summary>
    public static Metadata Of(Ask ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        var metadata = new Metadata
        {
            { KetenHeaders.Purpose, ask.Purpose },
            { KetenHeaders.Target, ask.Target.Value },
            { KetenHeaders.Actor, ask.Actor },
            { KetenHeaders.ActorRole, ask.ActorRole },
        };
        Add(metadata, KetenHeaders.Subject, ask.Subject?.Value);
        Add(metadata, KetenHeaders.Case, ask.CaseReference);
        Add(metadata, KetenHeaders.TransactionId, ask.TransactionId);
        Add(metadata, KetenHeaders.Justification, ask.Justification is { } why ? Uri.EscapeDataString(why).Replace("%20", " ", StringComparison.Ordinal) : null);
        Add(metadata, KetenHeaders.Fields, ask.Fields is { } fields ? string.Join(',', fields) : null);
        if (ask.Facts.Json.Length > 2)
        {
            metadata.Add(KetenHeaders.Facts, OneLine(ask.Facts));
        }

        return metadata;
    }

    /// <summary>Facts may have been written over several lines; a header is one.</summary>
    private static string OneLine(CaseFacts facts)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            facts.WriteTo(writer);
            writer.WriteEndObject();
        }

        return Encoding.ASCII.GetString(buffer.WrittenSpan);
    }

    private static void Add(Metadata metadata, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            metadata.Add(name, value);
        }
    }
}
