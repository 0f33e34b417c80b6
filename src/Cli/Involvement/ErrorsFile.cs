using System.Globalization;
using System.Text;
using CsvHelper;
using Keten.Protocol.V1;

namespace Keten.Cli.Involvement;

/// <summary>The rows that were refused: number, column, code and words, never a value. Row 1 is the first after the header.</summary>
internal sealed class ErrorsFile : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CsvWriter? _csv;

    /// <param name="path">Written anew; null: the rows are counted only.</param>
    public ErrorsFile(string? path)
    {
        if (path is null)
        {
            return;
        }

        _csv = new CsvWriter(new StreamWriter(path, append: false, new UTF8Encoding(false)), CultureInfo.InvariantCulture);
        Write("row", "column", "code", "message");
    }

    public void Add(ImportRowError error) => Write(error.Row.ToString(CultureInfo.InvariantCulture), error.Column, error.ReasonCode, error.Message);

    /// <inheritdoc/>
    public void Dispose() => _csv?.Dispose();

    private void Write(params ReadOnlySpan<string> values)
    {
        if (_csv is null)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var value in values)
            {
                _csv.WriteField(value);
            }

            _csv.NextRecord();
        }
    }
}
