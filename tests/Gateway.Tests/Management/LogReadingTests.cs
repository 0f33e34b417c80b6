using System.Net;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.Gateway.Management.Access;
using Keten.Gateway.Management.Log;
using Keten.Protocol.V1;
using Microsoft.Extensions.DependencyInjection;

namespace Keten.Gateway.Tests.Management;

/// <summary>Reading the decision log through the gateway: who sees what, and that it is on the log that they looked.</summary>
public sealed class LogReadingTests
{
    [Fact]
    public async Task A_participant_sees_what_it_asked_and_what_came_to_it_and_nothing_else()
    {
        await using var it = await TheLog.StartAsync();
        var mine = await it.AppendAsync();
        var toMe = await it.AppendAsync(d => (d.Caller.Oin, d.Target.Oin) = (TheLog.Target, TheLog.Caller));
        await it.AppendAsync(d => d.Caller.Oin = d.Target.Oin = TheManagement.Suspended);
        await it.AppendAsync(d => (d.Caller.Oin, d.Target.Oin, d.Allowed) = (TheLog.Target, TheLog.Caller, false));
        await it.AppendAsync(d => (d.EnforcementPoint, d.AskedBy) = ("authzen", "officer-1"));
        var beforehand = await it.AppendAsync(d => (d.EnforcementPoint, d.AskedBy) = ("authzen", TheLog.Caller));

        var lines = await TheLog.LinesAsync(it.Of(TheLog.Caller));
        Assert.Equal([mine.DecisionId, toMe.DecisionId, beforehand.DecisionId], Ids(lines).Take(3));
        Assert.Equal("log", lines[3].GetProperty("decision").GetProperty("enforcementPoint").GetString());
        Assert.True(lines[^1].GetProperty("end").GetBoolean());

        var came = lines[1].GetProperty("decision");
        Assert.All(["actor", "caseReference", "assertedFacts", "callerInvolved", "justification"], name => Assert.False(came.TryGetProperty(name, out _), name));
        Assert.Equal((TheLog.Professional, "zaak-2026-0042"),
            (lines[0].GetProperty("decision").GetProperty("actor").GetString(), lines[0].GetProperty("decision").GetProperty("caseReference").GetString()));
    }

    [Fact]
    public async Task The_caller_does_not_read_in_the_log_what_it_was_not_told()
    {
        await using var it = await TheLog.StartAsync();
        await it.AppendAsync(d =>
            (d.Allowed, d.ReasonCode, d.CallerCode, d.Rule, d.TargetInvolved) = (false, "INSPECTION_RESTRICTED", "ACCESS_NOT_PERMITTED", "R18e", true));

        var (_, body) = await TheLog.GetAsync(it.Of(TheLog.Caller), "/v1/decisions");
        Assert.Contains("ACCESS_NOT_PERMITTED", body, StringComparison.Ordinal);
        Assert.All(["INSPECTION_RESTRICTED", "R18e", "targetInvolved"], hidden => Assert.DoesNotContain(hidden, body, StringComparison.Ordinal));
        Assert.Single(await TheLog.LinesAsync(it.Of(TheLog.Caller), "?reason=INSPECTION_RESTRICTED"));

        Assert.Contains("INSPECTION_RESTRICTED", (await TheLog.GetAsync(it.Officer(), "/v1/decisions")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_field_of_a_decision_was_thought_about_before_a_participant_sees_it()
    {
        string[] hidden = ["rule", "target_involved", "policy_time", "parent_span_id", "status", "sources"];
        var full = Filled();
        var shown = VisibleDecision.To(new(TheLog.Caller, Oin.Parse(TheLog.Caller), []), full)!;
        var unseen = DecisionRecord.Descriptor.Fields.InDeclarationOrder()
            .Where(field => !Equals(field.Accessor.GetValue(shown), field.Accessor.GetValue(full)) && field.Name != "reason_code").Select(field => field.Name);
        Assert.Equal(hidden.Order(), unseen.Order());
    }

    [Theory]
    [InlineData("security-officer", 200)]
    [InlineData("privacy-officer", 200)]
    [InlineData("integration-engineer", 403)]
    [InlineData("operator", 403)]
    public async Task An_officer_reads_all_and_other_operators_nothing_and_both_are_on_the_log(string role, int status)
    {
        await using var it = await TheLog.StartAsync(role);
        await it.AppendAsync(d => d.Caller.Oin = d.Target.Oin = TheManagement.Suspended);
        Assert.Equal(status, (int)(await TheLog.GetAsync(it.Officer(), "/v1/decisions?purpose=naw-hergebruik")).Status);
        Assert.Equal(status, (int)(await TheLog.GetAsync(it.Officer(), "/v1/break-glass?state=all")).Status);

        Assert.Equal(["GET /v1/decisions?purpose=naw-hergebruik", "GET /v1/break-glass?state=all"], it.Asked().Select(r => r.Operation));
        Assert.All(it.Asked(), r => Assert.Equal(
            ("officer-1", role, status == 200, status == 200 ? "ALLOWED" : "LOG_ROLE_REQUIRED"), (r.AskedBy, r.ActorRole, r.Allowed, r.ReasonCode)));
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_not_answered()
    {
        var full = new FullDisk();
        await using var it = await TheLog.StartAsync(more: services => services.AddSingleton<IDecisionLog>(full));
        foreach (var path in new[] { "/v1/decisions", "/v1/break-glass" })
        {
            var (status, body) = await TheLog.GetAsync(it.Of(TheLog.Caller), path);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains("DECISION_LOG_UNAVAILABLE", body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Pages_go_on_by_index_and_time_bounds_them()
    {
        await using var it = await TheLog.StartAsync();
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            it.Time.Advance(TimeSpan.FromMinutes(1));
            ids.Add((await it.AppendAsync()).DecisionId);
        }

        var officer = it.Officer();
        var read = new List<string>();
        for (var next = 0L; read.Count < ids.Count;)
        {
            var page = await TheLog.LinesAsync(officer, $"?limit=3&purpose=naw-hergebruik&index={next}");
            Assert.InRange(page.Count, 2, 4);
            read.AddRange(Ids(page));
            next = page[^1].GetProperty("next").GetInt64();
        }

        Assert.Equal(ids, read);
        var last = it.Time.GetUtcNow();
        var some = await TheLog.LinesAsync(officer, $"?purpose=naw-hergebruik&from={last.AddMinutes(-2.5):yyyy-MM-ddTHH:mm:ss.fffZ}&to={last:yyyy-MM-ddTHH:mm:ss.fffZ}");
        Assert.Equal(ids[4..6], Ids(some)[..2]);
        Assert.Equal(ids[2], Assert.Single(Ids(await TheLog.LinesAsync(officer, $"?decision={ids[2]}"))));
    }

    [Theory]
    [InlineData("?limit=0", "limit: expected")]
    [InlineData("?limit=20000", "limit: expected")]
    [InlineData("?index=-1", "index: expected")]
    [InlineData("?from=yesterday", "from: expected")]
    [InlineData("?decision=17", "decision: expected")]
    [InlineData("?allowed=maybe", "allowed: expected")]
    [InlineData("?purpose=a%20b", "purpose: expected")]
    [InlineData("?subject=k1", "Parameters: from")]
    [InlineData("?limit=1&limit=2", "at most once")]
    [InlineData("?purpose=123456782", "may be a BSN")]
    public async Task A_question_that_is_not_of_its_form_is_refused_by_name_and_not_copied_to_the_log(string query, string says)
    {
        await using var it = await TheLog.StartAsync();
        var (status, body) = await TheLog.GetAsync(it.Of(TheLog.Caller), "/v1/decisions" + query);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(says, body, StringComparison.Ordinal);
        var record = Assert.Single(it.Asked());
        Assert.Equal(("GET /v1/decisions", "LOG_QUESTION_INVALID", false), (record.Operation, record.ReasonCode, record.Allowed));
    }

    [Fact]
    public async Task A_participant_that_reads_slowly_keeps_itself_waiting_and_nobody_else()
    {
        await using var it = await TheLog.StartAsync();
        var reading = it.Services.GetRequiredService<LogReading>();
        var slow = new Asker(TheLog.Caller, Oin.Parse(TheLog.Caller), []);
        using (var place = reading.TryEnter(slow))
        {
            Assert.NotNull(place);
            foreach (var path in new[] { "/v1/decisions", "/v1/break-glass?state=all" })
            {
                Assert.Contains("LOG_BUSY", (await TheLog.GetAsync(it.Of(TheLog.Caller), path)).Body, StringComparison.Ordinal);
                Assert.Equal(HttpStatusCode.OK, (await TheLog.GetAsync(it.Of(TheLog.Target), path)).Status);
                Assert.Equal(HttpStatusCode.OK, (await TheLog.GetAsync(it.Officer(), path)).Status);
            }
        }

        Assert.Equal(HttpStatusCode.OK, (await TheLog.GetAsync(it.Of(TheLog.Caller), "/v1/decisions")).Status);
    }

    [Fact]
    public async Task However_many_participants_read_operators_have_places()
    {
        await using var it = await TheLog.StartAsync();
        var reading = it.Services.GetRequiredService<LogReading>();
        var taken = Enumerable.Range(0, 50).Select(i => $"000000990000000020{i:00}").Select(oin => reading.TryEnter(new Asker(oin, Oin.Parse(oin), []))).ToList();
        Assert.Equal(8, taken.Count(place => place is not null));

        using var first = reading.TryEnter(Asker.Loopback);
        using var second = reading.TryEnter(Asker.Loopback);
        Assert.NotNull(second);
        Assert.Null(reading.TryEnter(Asker.Loopback));

        taken.ForEach(place => place?.Dispose());
        Assert.NotNull(reading.TryEnter(new Asker(TheLog.Caller, Oin.Parse(TheLog.Caller), [])));
    }

    private static List<string> Ids(IEnumerable<System.Text.Json.JsonElement> lines) =>
        [.. lines.Where(line => line.TryGetProperty("decision", out _)).Select(line => line.GetProperty("decision").GetProperty("decisionId").GetString()!)];

    // Every field set to something, so that what is left out can be told from what was empty.
    private static DecisionRecord Filled()
    {
        var full = new DecisionRecord();
        foreach (var field in DecisionRecord.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.IsRepeated)
            {
                ((System.Collections.IList)field.Accessor.GetValue(full)).Add("x");
                continue;
            }

            field.Accessor.SetValue(full, field.FieldType switch
            {
                Google.Protobuf.Reflection.FieldType.Bool => true,
                Google.Protobuf.Reflection.FieldType.Int32 => 1,
                Google.Protobuf.Reflection.FieldType.Bytes => Google.Protobuf.ByteString.CopyFromUtf8("x"),
                Google.Protobuf.Reflection.FieldType.Enum => field.EnumType.Values[^1].Number,
                Google.Protobuf.Reflection.FieldType.Message => Activator.CreateInstance(field.MessageType.ClrType)!,
                _ => "x",
            });
        }

        full.EnforcementPoint = "gateway";
        full.Caller.Oin = TheLog.Caller;
        return full;
    }

    private sealed class FullDisk : IDecisionLog
    {
        public ValueTask AppendAsync(LogRecord record, CancellationToken cancellationToken) => ValueTask.FromException(new IOException("The disk is full."));
    }
}
