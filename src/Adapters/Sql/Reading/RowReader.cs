using System.Data.Common;
using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sql.Mapping;

namespace Keten.Adapters.Sql.Reading;

/// <summary>Reads rows of one section into <typeparamref name="T"/>. Compiled once: per row only delegates run.</summary>
internal sealed class RowReader<T>
    where T : new()
{
    private readonly Action<DbDataReader, int[], T>[] _steps;
    private readonly string[]? _names;
    private readonly int[] _inOrder;

    /// <param name="section">What to read.</param>
    /// <param name="target">Setter of a field.</param>
    /// <param name="zone">Where the organisation is.</param>
    /// <param name="unreadable">What to do about a value that cannot be read; when it returns, the field stays absent.</param>
    public RowReader(SectionMapping section, Func<CatalogueField, Target<T>> target, TimeZoneInfo zone, Action<FieldMapping> unreadable)
    {
        _steps = [.. section.Fields.Select(f => Step(f, FieldReaders.Compile(f, zone), target(f.Field), unreadable))];
        _names = section.Query is null ? null : [.. section.Columns.Select(c => c.Name)];
        _inOrder = [.. Enumerable.Range(0, section.Columns.Count)];
    }

    /// <summary>Where the columns are in this result: as selected, or by name in the result of the engineer's own query.</summary>
    public int[] Ordinals(DbDataReader reader) => _names is null ? _inOrder : Array.ConvertAll(_names, reader.GetOrdinal);

    public T Read(DbDataReader reader, int[] ordinals)
    {
        var row = new T();
        foreach (var step in _steps)
        {
            step(reader, ordinals, row);
        }

        return row;
    }

    private static Action<DbDataReader, int[], T> Step(FieldMapping mapping, FieldReader read, Target<T> target, Action<FieldMapping> unreadable)
    {
        var (text, flag) = target;
        return (reader, ordinals, row) =>
        {
            if (!read(reader, ordinals, out var value))
            {
                unreadable(mapping);
            }
            else if (value is not null)
            {
                foreach (var part in Parts(mapping, value))
                {
                    text?.Invoke(row, part);
                    flag?.Invoke(row, part == "true");
                }
            }
        };
    }

    private static string[] Parts(FieldMapping mapping, string value) =>
        mapping.Split is { } separator ? value.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [value];
}
