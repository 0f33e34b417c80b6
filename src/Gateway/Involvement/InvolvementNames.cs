using Keten.Contracts.Catalogue;
using Keten.Protocol.V1;
using Description = Keten.Protocol.V1.Involvement;

namespace Keten.Gateway.Involvement;

/// <summary>Words the register, the log and the contracts use for the same things.</summary>
internal static class InvolvementNames
{
    /// <summary>Data category.</summary>
    public const string Category = "betrokkenheid";

    /// <summary>Field that says which organisation it is.</summary>
    public const string Organisation = "organisation";

    /// <summary>Longest involvement id.</summary>
    public const int MaxIdLength = 64;

    private static readonly (string Name, Google.Protobuf.Reflection.FieldDescriptor Field)[] Fields =
        [.. Description.Descriptor.Fields.InDeclarationOrder().Select(f => (OperationCatalogue.DataFieldName(f)!, f))];

    /// <summary>Operation of the register, or null for an unknown change.</summary>
    public static string? ActionOf(Change change) => change switch
    {
        Change.Started => "submit",
        Change.Updated or Change.Ended => "update",
        _ => null,
    };

    /// <summary>An id that may stand in a record key. A colon is for ids the gateway itself gives (invitations): nobody can report one.</summary>
    public static bool IsId(string id) =>
        id.Length is > 0 and <= MaxIdLength && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>Catalogue names of the fields that are set.</summary>
    public static IEnumerable<string> PopulatedFields(Description involvement) =>
        Fields.Where(f => f.Field.Accessor.HasValue(involvement)).Select(f => f.Name);

    /// <summary>The texts that are set, by catalogue name.</summary>
    public static IEnumerable<(string Name, string Text)> Texts(Description involvement) =>
        Fields.Where(f => f.Field.FieldType == Google.Protobuf.Reflection.FieldType.String && f.Field.Accessor.HasValue(involvement))
            .Select(f => (f.Name, (string)f.Field.Accessor.GetValue(involvement)));

    /// <summary>A copy with only these fields.</summary>
    public static Description Only(Description involvement, IReadOnlyList<string> fields)
    {
        var result = new Description();
        foreach (var (name, field) in Fields)
        {
            if (fields.Contains(name, StringComparer.Ordinal) && field.Accessor.HasValue(involvement))
            {
                field.Accessor.SetValue(result, field.Accessor.GetValue(involvement));
            }
        }

        return result;
    }
}
