using System.CommandLine;
using System.Text;
using Keten.LogTools.Export;

namespace Keten.Cli.Log;

/// <summary><c>keten log export</c>: the log for a SIEM, an archive or an auditor.</summary>
internal static class ExportCommand
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static Command Create()
    {
        var directory = LogCli.Directory();
        var format = new Option<ExportFormat>("--format") { Description = "adl (Authorization Decision Log), ecs (Elastic), cef (ArcSight), auditevent (FHIR R4, NEN 7513).", Required = true, HelpName = "WHAT" };
        var output = new Option<string?>("--output", "-o") { Description = "A new file, or one to go on with by --after; else stdout.", HelpName = "FILE" };
        var after = new Option<long>("--after") { Description = "Go on after this record, the last that arrived.", DefaultValueFactory = _ => -1, HelpName = "INDEX" };
        var subjects = new Option<bool>("--subjects") { Description = "With pseudonym, case, facts and justification, where the keys are at hand." };
        after.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < -1)
            {
                result.AddError("--after: expected the index of a record, 0 or more.");
            }
        });
        var command = new Command(
            "export",
            """
            Every record as one line of UTF-8, oldest first, with log id, leaf index, leaf hash and the checkpoint over it, so that in another
            system it can still be proved (keten log prove, keten log check). What tells of a person stays sealed unless --subjects: who is
            erased here is not erased there. On stderr stands how to go on.

            Examples:
              keten log export /var/lib/keten/decisions --format ecs -o decisions.ndjson
              keten log export DIR --format cef --after 41999 | nc siem 514
            """) { directory, format, output, after, subjects };
        command.Act((parsed, cancellationToken) =>
        {
            var from = parsed.GetValue(after);
            using Stream stream = parsed.GetValue(output) is { } file ? Open(file, append: from >= 0) : new ConsoleStream();
            var report = LogExport.Write(
                parsed.GetRequiredValue(directory), parsed.GetValue(format), stream, from, parsed.GetValue(subjects), LogCli.Torn, cancellationToken);
            if (parsed.GetValue(subjects))
            {
                Console.Error.WriteLine("note: with what tells of persons: when one is erased from the log, have it erased there too");
            }

            Console.Error.WriteLine($"{report.Records} records, {report.Covered} under a checkpoint; go on with --after {report.Last}");
            return Cli.Fine;
        });
        return command;
    }

    private static FileStream Open(string file, bool append)
    {
        var options = new FileStreamOptions { Mode = append ? FileMode.Append : FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 64 << 10 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return !append && File.Exists(file)
            ? throw new CliException($"{file} exists: give another name, or go on with it by --after INDEX (its last line has the index)") : new FileStream(file, options);
    }

    /// <summary>The console's own writer, which may be a test's.</summary>
    private sealed class ConsoleStream : MemoryStream
    {
        private const int Often = 64 << 10;

        public override void Write(ReadOnlySpan<byte> source)
        {
            base.Write(source);
            if (Length > Often)
            {
                Flush();
            }
        }

        // A piece may end in the middle of a character: never, when it ends with a line.
        public override void Flush()
        {
            var bytes = GetBuffer().AsSpan(0, (int)Length);
            var lines = bytes.LastIndexOf((byte)'\n') + 1;
            var rest = bytes[lines..].ToArray();
            Console.Out.Write(Encoding.UTF8.GetString(bytes[..lines]));
            SetLength(0);
            base.Write(rest);
        }
    }
}
