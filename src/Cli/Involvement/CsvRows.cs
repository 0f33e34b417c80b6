using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Keten.Cli.Involvement;

/// <summary>A CSV file (RFC 4180, UTF-8) with a header line, read as a stream.</summary>
internal sealed class CsvRows : RowSource
{
    private readonly FileStream _file;
    private readonly CsvParser _parser;
    private readonly string[] _columns;
    private string[] _row = [];
    private bool _bad;

    /// <param name="path">The file.</param>
    /// <param name="delimiter">Null: a semicolon when the header has one and no comma, as spreadsheets write it here; else a comma.</param>
    /// <exception cref="CliException">No header.</exception>
    public CsvRows(string path, string? delimiter)
    {
        _file = File.OpenRead(path);
        try
        {
            _parser = new CsvParser(new StreamReader(_file, Encoding.UTF8), new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                Delimiter = delimiter ?? DelimiterOf(path),
                BadDataFound = _ => _bad = true,
                // A quote that is never closed would take in the rest of the file.
                MaxFieldSize = 64 * 1024,
            });
            _columns = _parser.Read() && !_bad && _parser.Record is { Length: > 0 } header
                ? [.. header.Select(name => name.Trim())] : throw new CliException($"--csv {path}: expected a header line with the names of the columns.");
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public override IReadOnlyList<string> Columns => _columns;

    public override (double Read, double Total)? Progress => (_file.Position, _file.Length);

    public override string? Fault =>
        _bad ? "the quoting is broken: double a quote inside a quoted value"
        : _row.Length != _columns.Length ? $"it has {_row.Length} values where the header has {_columns.Length}" : null;

    public override string this[int column] => _row[column];

    public override Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _bad = false;
        try
        {
            var there = _parser.Read();

            // Quoting is looked at when a value is: so all of them now.
            _row = there ? _parser.Record ?? [] : [];
            return Task.FromResult(there);
        }
        catch (MaxFieldSizeException)
        {
            // The library's own message quotes the file.
            throw new CliException($"--csv: a value that begins at line {_parser.RawRow} is longer than 64 kB: most likely a quote that is not closed.");
        }
    }

    public override ValueTask DisposeAsync()
    {
        _parser.Dispose();
        return _file.DisposeAsync();
    }

    private static string DelimiterOf(string path)
    {
        var header = File.ReadLines(path).FirstOrDefault() ?? "";
        return header.Contains(';', StringComparison.Ordinal) && !header.Contains(',', StringComparison.Ordinal) ? ";" : ",";
    }
}
