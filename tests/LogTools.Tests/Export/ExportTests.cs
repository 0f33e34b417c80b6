using System.Text;
using System.Text.Json;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Keten.DecisionLog;
using Keten.DecisionLog.Checkpoints;
using Keten.DecisionLog.Tree;
using Keten.LogTools.Export;
using Keten.Protocol.V1;

namespace Keten.LogTools.Tests.Export;

public sealed class ExportTests
{
    private static readonly string Hostile = "a|b=c\\d\r\nCEF:0|forged|x|1|2|3|4|act=allowed\u2028\u0000\u001b[31m end=\n";

    [Theory]
    [InlineData(ExportFormat.Adl)]
    [InlineData(ExportFormat.Ecs)]
    [InlineData(ExportFormat.Cef)]
    [InlineData(ExportFormat.AuditEvent)]
    public async System.Threading.Tasks.Task Every_line_carries_log_leaf_and_checkpoint_and_what_came_after_the_checkpoint_has_none(ExportFormat format)
    {
        using var log = new GatewayLog();
        await log.WriteAsync(Kinds());
        Seal(log.Directory, size: 5);

        var lines = Lines(log, format);

        Assert.Equal(Kinds().Count, lines.Count);
        var entries = DecisionLogReader.ReadEntries(log.Directory).ToList();
        for (var i = 0; i < lines.Count; i++)
        {
            var hash = TreeHash.Leaf(entries[i].Payload.Span).ToString();
            Assert.Contains(format == ExportFormat.Cef ? hash.Replace("=", "\\=", StringComparison.Ordinal) : hash, lines[i], StringComparison.Ordinal);
            Assert.Equal(i < 5, lines[i].Contains("gateway.keten.example/decisions", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(ExportFormat.Adl)]
    [InlineData(ExportFormat.Ecs)]
    [InlineData(ExportFormat.Cef)]
    [InlineData(ExportFormat.AuditEvent)]
    public async System.Threading.Tasks.Task Hostile_text_makes_no_line_and_no_field_of_its_own(ExportFormat format)
    {
        using var log = new GatewayLog();
        await log.WriteAsync(
            Some.Decision(1, d => (d.Purpose, d.Actor, d.ActorRole, d.CaseReference) = (Hostile, Hostile, Hostile, Hostile)),
            Some.Outcome(1, Hostile));

        var lines = Lines(log, format, openSubjects: true);

        Assert.Equal(2, lines.Count);
        Assert.All(lines, line => Assert.DoesNotContain(line, c => char.IsControl(c)));
        if (format == ExportFormat.Cef)
        {
            Assert.All(lines, line => Assert.StartsWith("CEF:0|KetenGateway|", line, StringComparison.Ordinal));
            Assert.Equal(("allowed", Hostile.Replace('\u2028', '\n').Replace("\r", "\n", StringComparison.Ordinal).Replace('\0', '\uFFFD').Replace('\u001b', '\uFFFD')), (Cef(lines[0])["outcome"], Cef(lines[0])["cs1"]));
        }
        else
        {
            Assert.All(lines, line => JsonDocument.Parse(line));
        }
    }

    [Fact]
    public async System.Threading.Tasks.Task An_audit_event_is_what_the_parser_of_another_reads()
    {
        using var log = new GatewayLog();
        await log.WriteAsync(Kinds().Append(Some.Decision(90, d => (d.Purpose, d.ActorRole, d.Actor) = (Hostile, Hostile, Hostile))));
        Seal(log.Directory, size: 3);
        var options = new JsonSerializerOptions().ForFhir(ModelInfo.ModelInspector).UsingMode(DeserializationMode.Strict);

        var events = Lines(log, ExportFormat.AuditEvent, openSubjects: true).ConvertAll(line => JsonSerializer.Deserialize<AuditEvent>(line, options)!);

        Assert.All(events, audit =>
        {
            Assert.NotNull(audit.Recorded);
            Assert.NotNull(audit.Type?.Code);
            Assert.NotEmpty(audit.Agent);
            Assert.All(audit.Agent, agent => Assert.NotNull(agent.Requestor));
            Assert.NotNull(audit.Source?.Observer);
            Assert.Contains(audit.Entity, entity => entity.Detail.Any(detail => detail.Type == "leafHash"));
        });
        var allowed = events[0];
        Assert.Equal(AuditEvent.AuditEventOutcome.N0, allowed.Outcome);
        Assert.Equal(Some.Subject(1), allowed.Entity[0].What!.Identifier!.Value);
        Assert.Equal("TTFF", allowed.Entity[1].Detail.Single(d => d.Type == "nen7513.controles").Value!.ToString());
        Assert.Equal("naw-hergebruik", allowed.PurposeOfEvent[0].Coding[0].Code);
        Assert.Equal(AuditEvent.AuditEventOutcome.N8, events[2].Outcome);
        Assert.Contains(events, e => e.PurposeOfEvent.Any(p => p.Coding.Any(c => c.Code == "BTG")));
    }

    [Fact]
    public async System.Threading.Tasks.Task An_adl_line_keeps_the_fields_of_the_standard()
    {
        using var log = new GatewayLog();
        await log.WriteAsync(Some.Decision(1));
        Seal(log.Directory, size: 1);

        var record = JsonDocument.Parse(Lines(log, ExportFormat.Adl)[0]).RootElement;

        Assert.Equal("adl.access_evaluation", record.GetProperty("event_name").GetString());
        Assert.Equal(0, record.GetProperty("attributes").GetProperty("keten.log.leaf_index").GetInt64());
        Assert.Equal(1, record.GetProperty("attributes").GetProperty("keten.log.checkpoint").GetProperty("size").GetInt64());
    }

    [Fact]
    public async System.Threading.Tasks.Task Persons_stay_sealed_unless_asked_for()
    {
        using var log = new GatewayLog();
        await log.WriteAsync(Some.Decision(1));

        foreach (var format in Enum.GetValues<ExportFormat>())
        {
            Assert.DoesNotContain(Some.Subject(1), Lines(log, format)[0], StringComparison.Ordinal);
            Assert.DoesNotContain("zaak-2026-0042", Lines(log, format)[0], StringComparison.Ordinal);
            Assert.Contains(Some.Subject(1), Lines(log, format, openSubjects: true)[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async System.Threading.Tasks.Task The_command_goes_on_after_the_last_record_and_writes_over_nothing()
    {
        using var log = new GatewayLog();
        await log.WriteAsync(Some.Decision(1), Some.Outcome(1));
        var file = log.File("out.ndjson");
        var first = await Run.LogAsync("export", log.Directory, "--format", "ecs", "-o", file);
        Assert.Contains("go on with --after 1", first.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await Run.LogAsync("export", log.Directory, "--format", "ecs", "-o", file)).ExitCode);

        await log.WriteAsync(Some.Refused(2));
        Assert.Equal(0, (await Run.LogAsync("export", log.Directory, "--format", "ecs", "-o", file, "--after", "1")).ExitCode);
        Assert.Equal([0, 1, 2], (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("event").GetProperty("sequence").GetInt64()));

        var all = await Run.LogAsync("export", log.Directory, "--format", "cef");
        Assert.Equal(3, all.Output.TrimEnd('\n').Split('\n').Length);
    }

    private static List<LogRecord> Kinds() =>
    [
        Some.Decision(1), Some.Outcome(1), Some.Refused(2), Some.Decision(3), Some.Outcome(3, "TARGET_UNAVAILABLE", grpc: 14),
        Some.Decision(4, d => (d.BreakGlass, d.ReasonCode, d.Justification) = (true, "ALLOWED_BREAK_GLASS", "kind in acuut gevaar, moeder niet bereikbaar")),
        Some.Decision(5, d => (d.Allowed, d.ReasonCode, d.Status) = (false, "POLICY_UNAVAILABLE", EvaluationStatus.Error)),
        Some.Decision(6, d => (d.Caller, d.Target, d.Actor, d.Subject, d.Purpose) = (null, null, "", "", "")),
        new() { RecordedAt = Some.Decision(7).RecordedAt, Review = new ReviewRecord { DecisionId = Some.Id(4), Reviewer = "po-1", Verdict = ReviewVerdict.Accepted } },
        new() { RecordedAt = Some.Decision(8).RecordedAt, SubjectErased = new SubjectErased { SubjectKeys = { 1 }, ErasedBy = "officer", ErasedAt = Some.Decision(8).RecordedAt } },
        new() { RecordedAt = Some.Decision(9).RecordedAt, RecordsRetired = new RecordsRetired { FirstKept = 3, OlderThan = Some.Decision(1).RecordedAt } },
    ];

    private static void Seal(string directory, long size)
    {
        var checkpoint = new Checkpoint("gateway.keten.example/decisions", size, TreeHash.Leaf("x"u8));
        File.WriteAllText(Path.Combine(directory, Checkpoint.FileName), checkpoint.Sign(NoteSigningKey.Generate(checkpoint.Origin)).ToString());
    }

    private static List<string> Lines(GatewayLog log, ExportFormat format, bool openSubjects = false)
    {
        using var output = new MemoryStream();
        LogExport.Write(log.Directory, format, output, -1, openSubjects, null, TestContext.Current.CancellationToken);
        var text = Encoding.UTF8.GetString(output.ToArray());
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return [.. text.TrimEnd('\n').Split('\n')];
    }

    /// <summary>Read as the format says: fields between bars, then key=value, a backslash before what is meant.</summary>
    private static Dictionary<string, string> Cef(string line)
    {
        var bars = 0;
        var at = 0;
        for (; bars < 7; at++)
        {
            bars += line[at] == '|' && line[at - 1] != '\\' ? 1 : 0;
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var extension = line[at..];
        var keys = System.Text.RegularExpressions.Regex.Matches(extension, @"(?<=^|\s)([A-Za-z0-9]+)(?<!\\)=");
        for (var i = 0; i < keys.Count; i++)
        {
            var from = keys[i].Index + keys[i].Length;
            var to = i + 1 < keys.Count ? keys[i + 1].Index - 1 : extension.Length;
            values[keys[i].Groups[1].Value] = System.Text.RegularExpressions.Regex.Replace(extension[from..to], @"\\(.)", m => m.Groups[1].Value == "n" ? "\n" : m.Groups[1].Value);
        }

        return values;
    }
}
