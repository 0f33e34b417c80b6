using System.Globalization;
using System.Text.Json;

namespace Keten.Pseudonyms.Budgets;

/// <summary>Reads the log of evaluations; also while an evaluator writes it.</summary>
public static class LedgerFile
{
    /// <summary>The name of a day, UTC.</summary>
    public static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Where a day is.</summary>
    public static string Path(string directory, string day) => System.IO.Path.Combine(directory, $"evaluations-{day}.jsonl");

    /// <summary>All complete lines of a day; none when nothing was evaluated.</summary>
    /// <exception cref="IOException">The file cannot be read, or a line is no line of this log.</exception>
    public static IReadOnlyList<LedgerLine> Read(string directory, string day)
    {
        var path = Path(directory, day);
        if (!File.Exists(path))
        {
            return [];
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return Read(file, path, out _);
    }

    /// <summary>The lines, and how many bytes they take: what follows is torn.</summary>
    internal static List<LedgerLine> Read(Stream file, string path, out long complete)
    {
        var lines = new List<LedgerLine>();
        var content = new byte[file.Length];
        file.ReadExactly(content);
        var at = 0;
        for (int length; (length = content.AsSpan(at).IndexOf((byte)'\n')) >= 0; at += length + 1)
        {
            try
            {
                lines.Add(JsonSerializer.Deserialize<LedgerLine>(content.AsSpan(at, length)) is { Participant: not null, Count: > 0 } line ? line : throw new JsonException());
            }
            catch (JsonException fault)
            {
                // Counting on would give budget back that was used.
                throw new InvalidDataException($"{path}: line {lines.Count + 1} is no line of the log of evaluations. Put the file right; nothing is evaluated on a log that cannot be counted.", fault);
            }
        }

        complete = at;
        return lines;
    }
}
