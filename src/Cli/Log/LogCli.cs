using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.LogTools.Index;
using Keten.LogTools.Query;
using Spectre.Console;

namespace Keten.Cli.Log;

/// <summary>What the commands that read a log have in common.</summary>
internal static class LogCli
{
    private static readonly JsonWriterOptions Lines = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Argument<string> Directory() => new("DIR") { Description = "Directory of a gateway's decision log; the log may be in use." };

    public static Option<DateTimeOffset?> Moment(string name, string description)
    {
        var option = new Option<DateTimeOffset?>(name) { Description = description, HelpName = "TIME", CustomParser = result => MomentText.Parse(result, name) };
        return option;
    }

    /// <summary>The OIN, or an error that says what one looks like.</summary>
    public static Option<string?> Participant()
    {
        var option = new Option<string?>("--participant") { Description = "Caller or target.", HelpName = "OIN" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !Oin.TryParse(text, out _))
            {
                result.AddError("--participant: expected an OIN of 20 positions, as in participants.yaml.");
            }
        });
        return option;
    }

    public static void Torn(TornTail tail) => Console.Error.WriteLine("note: the log ends in a record that was never completed or acknowledged; it is left out");

    /// <summary>Where an index stands when nobody says where: by log id, so that a log that is moved keeps it.</summary>
    public static string DefaultIndex(Guid logId)
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } own ? own
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "keten", "log-index", $"{logId}.db");
    }

    /// <summary>The index of a log, brought up to date; null when the log is empty.</summary>
    public static CallIndex? OpenIndex(string directory, string? file, CancellationToken cancellationToken)
    {
        if (LogHead.Read(directory) is not { } log)
        {
            return null;
        }

        return CallIndex.Open(directory, file ?? DefaultIndex(log.LogId), Taken, Torn, cancellationToken);

        static void Taken(long last)
        {
            // A few new records are nothing to tell of.
            if (!Console.IsErrorRedirected && last > 100_000)
            {
                Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\rindexed {last + 1} records\x1b[K\r"));
            }
        }
    }

    /// <summary>One JSON object on a line of its own.</summary>
    public static void PrintLine(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Lines))
        {
            write(writer);
        }

        Console.Out.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    /// <summary>What came from a caller does not steer a terminal.</summary>
    public static string Safe(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c)) : text;

    public static string Time(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Rows with a head: a table on a terminal, else columns between tabs.</summary>
    public static void Print(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        if (Console.IsOutputRedirected)
        {
            Console.Out.WriteLine(string.Join('\t', head));
            foreach (var row in rows)
            {
                Console.Out.WriteLine(string.Join('\t', row.Select(Safe)));
            }

            return;
        }

        var table = new Table().Border(TableBorder.Simple);
        foreach (var name in head)
        {
            table.AddColumn(new TableColumn(Markup.Escape(name)));
        }

        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(cell => new Text(Safe(cell)))]);
        }

        AnsiConsole.Write(table);
    }
}
