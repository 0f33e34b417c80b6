using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Keten.Protocol.V1;

namespace Keten.Cli.Involvement;

/// <summary>
/// From named columns to reports: the fields of a report and of its involvement by their own names, <c>facts.&lt;name&gt;</c> for a case fact.
/// What is the same for all rows is given once, with <c>--set</c>.
/// </summary>
internal sealed class RowMapping
{
    private const string FactPrefix = "facts.";
    private static readonly string[] NotAColumn = ["involvement_id", "organisation", "organisation_type", "status", "ended_on"];

    private static readonly Dictionary<string, FieldDescriptor> InvolvementFields =
        Protocol.V1.Involvement.Descriptor.Fields.InDeclarationOrder().Where(f => !NotAColumn.Contains(f.Name)).ToDictionary(f => f.Name, StringComparer.Ordinal);

    private static readonly string[] ReportFields = ["client_id", "involvement_id", "purpose", "actor", "actor_role", "shielded", "asserted_facts"];
    private static readonly string[] Required = ["client_id", "involvement_id", "purpose", "actor", "actor_role"];

    private readonly (string Name, int Index)[] _columns;
    private readonly KeyValuePair<string, string>[] _constants;

    /// <exception cref="CliException">A column nobody knows, or one that is missing.</exception>
    public RowMapping(IReadOnlyList<string> columns, IReadOnlyDictionary<string, string> constants)
    {
        _columns = [.. columns.Select((name, index) => (name, index))];
        _constants = [.. constants];
        var all = columns.Concat(constants.Keys).ToList();
        var faults = all.Where(name => !IsKnown(name)).Select(name => string.Equals(name, "bsn", StringComparison.OrdinalIgnoreCase)
                ? "leave 'bsn' out: the adapter has it from the client directory, and it goes nowhere else"
                : $"column '{name}' is unknown; known are {string.Join(", ", ReportFields.Concat(InvolvementFields.Keys))} and facts.<name>")
            .Concat(all.GroupBy(name => name, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => $"column '{g.Key}' is there twice"))
            .Concat(Required.Where(name => !all.Contains(name, StringComparer.Ordinal)).Select(name => $"'{name}' is missing: name a column so, or give --set {name}=…"))
            .ToList();
        if (faults.Count > 0)
        {
            throw new CliException(string.Join("; ", faults) + ".");
        }
    }

    /// <summary>The report of the row that is read. False when a value is not of its form; then the column is named.</summary>
    public bool TryMap(RowSource row, out ReportInvolvementRequest report, out string column)
    {
        report = new ReportInvolvementRequest { Change = Change.Started };
        var facts = new List<(string Name, string Value)>();
        foreach (var (name, value) in _constants)
        {
            if (!TrySet(report, facts, name, value))
            {
                column = name;
                return false;
            }
        }

        foreach (var (name, index) in _columns)
        {
            if (row[index] is { Length: > 0 } value && !TrySet(report, facts, name, value))
            {
                column = name;
                return false;
            }
        }

        column = "asserted_facts";
        return facts.Count == 0 || (report.AssertedFacts.IsEmpty && (report.AssertedFacts = Json(facts)) is not null);
    }

    private static bool IsKnown(string name) => ReportFields.Contains(name, StringComparer.Ordinal) || InvolvementFields.ContainsKey(name)
        || (name.StartsWith(FactPrefix, StringComparison.Ordinal) && name.Length > FactPrefix.Length);

    private static bool TrySet(ReportInvolvementRequest report, List<(string Name, string Value)> facts, string name, string value)
    {
        switch (name)
        {
            case "client_id": report.ClientId = value; return true;
            case "involvement_id": report.InvolvementId = value; return true;
            case "purpose": report.Purpose = value; return true;
            case "actor": report.Actor = value; return true;
            case "actor_role": report.ActorRole = value; return true;
            case "asserted_facts": report.AssertedFacts = ByteString.CopyFromUtf8(value); return true;
            case "shielded": return TryFlag(value, out var shielded) && (report.Shielded = shielded) == shielded;
            default:
                if (name.StartsWith(FactPrefix, StringComparison.Ordinal))
                {
                    facts.Add((name[FactPrefix.Length..], value));
                    return true;
                }

                report.Involvement ??= new Protocol.V1.Involvement();
                return TrySet(report.Involvement, InvolvementFields[name], value);
        }
    }

    private static bool TrySet(Protocol.V1.Involvement involvement, FieldDescriptor field, string value)
    {
        if (field.FieldType == FieldType.Bool)
        {
            if (!TryFlag(value, out var flag))
            {
                return false;
            }

            field.Accessor.SetValue(involvement, flag);
            return true;
        }

        if (field.Name.EndsWith("_on", StringComparison.Ordinal) && !DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            return false;
        }

        field.Accessor.SetValue(involvement, value);
        return true;
    }

    private static bool TryFlag(string value, out bool flag)
    {
        flag = value is "true" or "1" or "True" or "TRUE";
        return flag || value is "false" or "0" or "False" or "FALSE";
    }

    /// <summary>Yes, no and whole numbers as themselves, all else as text.</summary>
    private static ByteString Json(List<(string Name, string Value)> facts)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in facts)
            {
                writer.WritePropertyName(name);
                if (value is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
                {
                    writer.WriteBooleanValue(value is "true" or "True" or "TRUE");
                }
                else if (int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
                {
                    writer.WriteNumberValue(number);
                }
                else
                {
                    writer.WriteStringValue(value);
                }
            }

            writer.WriteEndObject();
        }

        return ByteString.CopyFrom(buffer.ToArray());
    }
}
