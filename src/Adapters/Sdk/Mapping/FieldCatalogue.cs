using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using Keten.Contracts.Catalogue;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Mapping;

/// <summary>The fields per section. Those of a category come from the proto descriptors, so a new catalogue field can be mapped without a change here.</summary>
internal static class FieldCatalogue
{
    // Closed sets stand in the comments of the proto files, which descriptors do not carry at run time.
    private static readonly FrozenDictionary<string, string[]> ClosedSets = new Dictionary<string, string[]>
    {
        ["keten.person.v1.Person.gender"] = ["female", "male", "other", "unknown"],
        ["keten.involvement.v1.Involvement.status"] = ["active", "ended"],
        ["keten.crisis.v1.CrisisIntake.crisis_level"] = ["none", "green", "orange", "red"],
    }.ToFrozenDictionary();

    public static FrozenDictionary<string, CatalogueField> Person { get; } = From(Protocol.V1.Person.Descriptor);

    public static FrozenDictionary<string, CatalogueField> Household { get; } = From(HouseholdRelation.Descriptor);

    public static FrozenDictionary<string, CatalogueField> Involvement { get; } = From(Protocol.V1.Involvement.Descriptor);

    public static FrozenDictionary<string, CatalogueField> Plan { get; } = From(PlanItem.Descriptor);

    public static FrozenDictionary<string, CatalogueField> CrisisIntake { get; } = From(Protocol.V1.CrisisIntake.Descriptor);

    public static FrozenDictionary<string, CatalogueField> Clients { get; } = From(new("client_id", FieldKind.Text), new("bsn", FieldKind.Text));

    public static FrozenDictionary<string, CatalogueField> Facts { get; } = From(
        new("secret_address", FieldKind.Flag),
        new("inspection_restricted", FieldKind.Flag),
        new("child_objects", FieldKind.Flag),
        new("birth_date", FieldKind.Date),
        new("consent", FieldKind.Text, ["given", "refused", "withdrawn", "none"]));

    private static FrozenDictionary<string, CatalogueField> From(params ReadOnlySpan<CatalogueField> fields) =>
        fields.ToArray().ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);

    private static FrozenDictionary<string, CatalogueField> From(MessageDescriptor message) =>
        From([.. message.Fields.InDeclarationOrder().Select(Describe).OfType<CatalogueField>()]);

    private static CatalogueField? Describe(FieldDescriptor field)
    {
        if (OperationCatalogue.DataFieldName(field) is not { } name)
        {
            return null;
        }

        return field.FieldType switch
        {
            FieldType.String when field.IsRepeated => new CatalogueField(name, FieldKind.List, null, field),
            FieldType.Bool => new CatalogueField(name, FieldKind.Flag, null, field),
            FieldType.Int32 => new CatalogueField(name, FieldKind.Number, null, field),
            FieldType.String => new CatalogueField(name, KindOf(name), ClosedSets.GetValueOrDefault(field.FullName), field),
            _ => null,
        };
    }

    private static FieldKind KindOf(string name) => IsDate(name) ? FieldKind.Date : name.EndsWith("_at", StringComparison.Ordinal) ? FieldKind.Instant : FieldKind.Text;

    private static bool IsDate(string name) =>
        name.EndsWith("_date", StringComparison.Ordinal) || name.EndsWith("_on", StringComparison.Ordinal) || name is "valid_from" or "valid_to" or "action_due";
}
