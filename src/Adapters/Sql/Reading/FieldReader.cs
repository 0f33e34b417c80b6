using System.Data.Common;
using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sql.Mapping;

namespace Keten.Adapters.Sql.Reading;

/// <summary>Reads one field's value from a row: null is absent; false is a value the mapping does not know what to do with.</summary>
internal delegate bool FieldReader(DbDataReader reader, ReadOnlySpan<int> ordinals, out string? value);

/// <summary>Makes a <see cref="FieldReader"/> of a field's mapping.</summary>
internal static class FieldReaders
{
    public static FieldReader Compile(FieldMapping mapping, TimeZoneInfo zone)
    {
        if (mapping.Constant is { } constant)
        {
            return (DbDataReader _, ReadOnlySpan<int> _, out string? value) =>
            {
                value = constant;
                return true;
            };
        }

        var read = mapping.Field.Kind == FieldKind.Instant ? Instant(mapping.Slots[0], zone)
            : mapping.Slots.Length == 1 ? One(mapping.Slots[0], zone) : Several(mapping.Slots, mapping.Separator, zone);
        return (DbDataReader reader, ReadOnlySpan<int> ordinals, out string? value) =>
        {
            if (!read(reader, ordinals, out value))
            {
                return false;
            }

            if (value is null)
            {
                value = mapping.WhenNull;
                return true;
            }

            return mapping.Fit(ref value);
        };
    }

    private static FieldReader One(int slot, TimeZoneInfo zone) =>
        (DbDataReader reader, ReadOnlySpan<int> ordinals, out string? value) => Cell.TryRead(reader, ordinals[slot], zone, out value);

    private static FieldReader Instant(int slot, TimeZoneInfo zone) =>
        (DbDataReader reader, ReadOnlySpan<int> ordinals, out string? value) => Cell.TryReadInstant(reader, ordinals[slot], zone, out value);

    private static FieldReader Several(int[] slots, string separator, TimeZoneInfo zone) =>
        (DbDataReader reader, ReadOnlySpan<int> ordinals, out string? value) =>
        {
            var parts = new List<string>(slots.Length);
            value = null;
            foreach (var slot in slots)
            {
                if (!Cell.TryRead(reader, ordinals[slot], zone, out var part))
                {
                    return false;
                }

                if (part is not null)
                {
                    parts.Add(part);
                }
            }

            value = parts.Count == 0 ? null : string.Join(separator, parts);
            return true;
        };
}
