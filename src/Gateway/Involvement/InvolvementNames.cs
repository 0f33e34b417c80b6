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

    private static readonly (string Name, Google.Protobuf.Reflection.FieldDescriptor Field)[] Fields =
        [.. Description.Descriptor.Fields.InDeclarationOrder().Select(f => (OperationCatalogue.DataFieldName(f)!, f))];

    /// <summary>Operation of the register, or null for an unknown change.</summary>
    public static string? ActionOf(Change change) => change switch
    {
        Change.Started => "submit",
        Change.Updated or Change.Ended => "update",
        _ => null,
    };

    /// <summary>Catalogue names of the fields that are set.</summary>
    public static IEnumerable<string> PopulatedFields(Description involvement) =>
        Fields.Where(f => f.Field.Accessor.HasValue(involvement)).Select(f => f.Name);

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
