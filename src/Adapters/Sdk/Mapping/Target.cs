using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;

namespace Keten.Adapters.Sdk.Mapping;

/// <summary>How a field of <typeparamref name="T"/> is set: one of the two, compiled once. A text of a list is added to it.</summary>
internal sealed record Target<T>(Action<T, string>? Text, Action<T, bool>? Flag);

internal static class Target
{
    /// <summary>Delegates straight to the setters of a generated message.</summary>
    public static Target<T> OfMessage<T>(CatalogueField field)
        where T : IMessage<T>
    {
        var property = typeof(T).GetProperty(PropertyName(field.Descriptor!))
            ?? throw new InvalidOperationException($"{typeof(T).Name} has no property for {field.Name}");
        switch (field.Kind)
        {
            case FieldKind.Flag:
                return new Target<T>(null, property.SetMethod!.CreateDelegate<Action<T, bool>>());
            case FieldKind.Number:
                var number = property.SetMethod!.CreateDelegate<Action<T, int>>();
                return new Target<T>((row, value) => number(row, int.Parse(value, CultureInfo.InvariantCulture)), null);
            case FieldKind.List:
                var list = property.GetMethod!.CreateDelegate<Func<T, RepeatedField<string>>>();
                return new Target<T>((row, value) => list(row).Add(value), null);
            default:
                return new Target<T>(property.SetMethod!.CreateDelegate<Action<T, string>>(), null);
        }
    }

    /// <summary>Setters of a fact.</summary>
    public static Target<FactsRow> OfFacts(CatalogueField field) => field.Name switch
    {
        "secret_address" => new(null, static (row, value) => row.SecretAddress = value),
        "inspection_restricted" => new(null, static (row, value) => row.InspectionRestricted = value),
        "child_objects" => new(null, static (row, value) => row.ChildObjects = value),
        "birth_date" => new(static (row, value) => row.BirthDate = DateOnly.ParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture), null),
        "consent" => new(static (row, value) => row.Consent = value, null),
        _ => OfState(field.Name["states.".Length..]),
    };

    private static Target<FactsRow> OfState(string state) => new(null, (row, value) => row.States[state] = value);

    private static string PropertyName(FieldDescriptor field) =>
        string.Concat(field.Name.Split('_').Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
}
