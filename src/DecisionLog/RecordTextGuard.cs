using System.Text;
using Google.Protobuf.Reflection;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.DecisionLog;

/// <summary>
/// Looks for a BSN in every text and bytes field of an encoded record. It walks the encoding along the descriptors, so that a field added
/// later is covered without a change here, and nothing is allocated per record. A field it does not know is searched as bytes.
/// </summary>
internal sealed class RecordTextGuard
{
    private static readonly RecordTextGuard ForRecord = new(LogRecord.Descriptor, []);

    private readonly Dictionary<int, FieldDescriptor> _fields = [];
    private readonly Dictionary<int, RecordTextGuard> _messages = [];

    private RecordTextGuard(MessageDescriptor message, Dictionary<MessageDescriptor, RecordTextGuard> known)
    {
        known.Add(message, this);
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            _fields.Add(field.FieldNumber, field);
            if (field.FieldType == FieldType.Message)
            {
                _messages.Add(field.FieldNumber, known.TryGetValue(field.MessageType, out var seen) ? seen : new(field.MessageType, known));
            }
        }
    }

    /// <summary>Path of the first field that holds a BSN; null when there is none.</summary>
    /// <exception cref="InvalidDataException">The bytes are no encoded record.</exception>
    public static string? FindBsn(ReadOnlySpan<byte> record) => ForRecord.Find(record);

    private string? Find(ReadOnlySpan<byte> message)
    {
        var fields = new WireReader(message);
        while (fields.Read())
        {
            if (fields.HasLength && FindIn(fields.Number, fields.Value) is { } path)
            {
                return path;
            }
        }

        return null;
    }

    private string? FindIn(int number, ReadOnlySpan<byte> value)
    {
        if (_messages.TryGetValue(number, out var nested))
        {
            return nested.Find(value) is { } inner ? $"{_fields[number].Name}.{inner}" : null;
        }

        if (!_fields.TryGetValue(number, out var field))
        {
            return BsnPattern.Contains(value) ? $"unknown field {number}" : null;
        }

        // What remains is text, bytes, or packed numbers, which are no text.
        return field.FieldType is FieldType.String or FieldType.Bytes && BsnPattern.Contains(value) && !IsPseudonym(value) ? field.Name : null;
    }

    // A pseudonym is 43 random characters, hyphens among them; by chance nine digits may stand alone in it.
    private static bool IsPseudonym(ReadOnlySpan<byte> value) => Pseudonym.TryParse(Encoding.ASCII.GetString(value), out _);
}
