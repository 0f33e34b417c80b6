using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Keten.Protocol.V1;

namespace Keten.Cli.Involvement;

/// <summary><c>keten involvement import</c>.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var connection = new AdapterConnection();
        var csv = new Option<string?>("--csv") { Description = "A CSV file in UTF-8 with a header line.", HelpName = "FILE" };
        var delimiter = new Option<string?>("--delimiter") { Description = "What separates its values; found out from the header when left out.", HelpName = "CHARACTER" };
        var database = new Option<string?>("--database") { Description = "Or a database: sqlite:/path/to/file, or a PostgreSQL connection string (password in PGPASSWORD).", HelpName = "DSN" };
        var query = new Option<string?>("--query") { Description = "Its query: one SELECT with the columns named as below, and an ORDER BY.", HelpName = "SQL" };
        var set = new Option<string[]>("--set") { Description = "A column that is the same for all rows, for instance --set purpose=betrokkenheid-jeugd. May be repeated.", HelpName = "COLUMN=VALUE" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Judge every row and change nothing." };
        var resume = new Option<bool>("--resume") { Description = "Go on after the last row that is durable, of an import that was broken off." };
        var name = new Option<string?>("--import-id") { Description = "Name of the import, for --resume; made from the source when left out.", HelpName = "ID" };
        var errors = new Option<string?>("--errors") { Description = "CSV file for the rows that are refused: row, column, code, message.", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "One JSON object on stdout, and no progress bar." };
        var command = new Command("import",
            "Report the involvement with a whole client base. Columns: client_id, involvement_id (your own, makes it repeatable), purpose, actor, actor_role; "
            + "optional shielded, asserted_facts (JSON) or facts.<name>, department, contact_professional, contact_desk, contact_phone, contact_email, started_on, legal_frame, case_lead, last_confirmed_on. "
            + "No BSN: the adapter has it. Exit code 1: rows were refused.")
        {
            csv, delimiter, database, query, set, dryRun, resume, name, errors, json,
        };
        connection.AddTo(command);
        command.Act(async (parsed, cancellationToken) =>
        {
            await using RowSource source = (parsed.GetValue(csv), parsed.GetValue(database), parsed.GetValue(query)) switch
            {
                ({ } path, null, null) => new CsvRows(path, parsed.GetValue(delimiter)),
                (null, { } dsn, { } sql) => await QueryRows.OpenAsync(dsn, sql, cancellationToken),
                _ => throw new CliException("give --csv, or --database with --query."),
            };
            var mapping = new RowMapping(source.Columns, Constants(parsed.GetValue(set) ?? []));
            using var channel = connection.Open(parsed);
            using var refused = new ErrorsFile(parsed.GetValue(errors));
            var run = new ImportRun(source, mapping, refused);
            var start = new ImportStart
            {
                ImportId = parsed.GetValue(name) ?? NameOf(parsed.GetValue(csv) is { } file ? Path.GetFullPath(file) : parsed.GetValue(query)!),
                DryRun = parsed.GetValue(dryRun),
                Resume = parsed.GetValue(resume),
            };
            var began = Stopwatch.GetTimestamp();
            await ImportProgressBar.ShowAsync(
                !parsed.GetValue(json), source, run, run.RunAsync(new CaseSystemService.CaseSystemServiceClient(channel), start, cancellationToken));
            var elapsed = Stopwatch.GetElapsedTime(began);
            await Console.Out.WriteLineAsync(Tell(run.Counts, start, elapsed, parsed.GetValue(errors), parsed.GetValue(json)));
            return run.Counts.Refused == 0 ? Cli.Fine : Cli.NotAsItShould;
        });
        return command;
    }

    private static string Tell(ImportCounts counts, ImportStart start, TimeSpan elapsed, string? errors, bool json) => json
        ? JsonSerializer.Serialize(new
        {
            importId = start.ImportId,
            dryRun = start.DryRun,
            rows = counts.Rows,
            taken = counts.Taken,
            unchanged = counts.Unchanged,
            refused = counts.Refused,
            seconds = Math.Round(elapsed.TotalSeconds, 1),
            rowsPerSecond = Math.Round(counts.Rows / elapsed.TotalSeconds),
        }, JsonSerializerOptions.Web)
        : string.Create(CultureInfo.InvariantCulture, $"{counts.Rows} rows in {elapsed.TotalSeconds:0.0} s{(start.DryRun ? ", dry run: nothing was changed" : "")}\n"
            + $"{counts.Taken} taken, {counts.Unchanged} reported before, {counts.Refused} refused{(counts.Refused == 0 ? "" : errors is null ? " (--errors FILE lists them)" : $", listed in {errors}")}");

    private static Dictionary<string, string> Constants(string[] given) => given.Select(pair => pair.Split('=', 2)).Aggregate(
        new Dictionary<string, string>(StringComparer.Ordinal),
        (all, pair) => pair.Length == 2 && all.TryAdd(pair[0], pair[1]) ? all
            : throw new CliException("--set: expected COLUMN=VALUE, each column once."));

    private static string NameOf(string source) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source)))[..16];
}
