using System.Diagnostics.Metrics;
using Google.Protobuf.WellKnownTypes;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.DecisionLog.Subjects;
using Keten.DecisionLog.Tests;
using Keten.Gateway.BreakGlass;
using Keten.Gateway.Management.Access;
using Keten.Gateway.Management.Log;
using Keten.Gateway.Tests.Management;
using Keten.Protocol.V1;
using Keten.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Tests.BreakGlass;

/// <summary>From what break-glass opened to its review on the log, over real files and real mTLS.</summary>
public sealed class ReviewTests
{
    [Fact]
    public async Task What_break_glass_opened_waits_until_the_organisation_that_asked_has_reviewed_it()
    {
        await using var it = await TheLog.StartAsync();
        var (caller, target) = (it.Of(TheLog.Caller), it.Of(TheLog.Target));
        await it.AppendAsync();
        var use = await it.AppendBreakGlassAsync();

        var waiting = Assert.Single(await TheLog.ListAsync(caller));
        Assert.Equal((use.DecisionId, "open", TheLog.Professional),
            (waiting.GetProperty("decisionId").GetString(), waiting.GetProperty("state").GetString(), waiting.GetProperty("actor").GetString()));
        Assert.Equal(it.Time.GetUtcNow().AddHours(24), waiting.GetProperty("due").GetDateTimeOffset());

        Assert.Equal((200, "accepted"), await TheLog.ReviewAsync(caller, use.DecisionId, remark: "Dossier ingezien"));

        Assert.Empty(await TheLog.ListAsync(caller));
        var review = Assert.Single(it.Reviews());
        Assert.Equal((use.DecisionId, ReviewVerdict.Accepted, TheLog.Caller, "pf-2", "Dossier ingezien"),
            (review.DecisionId, review.Verdict, review.Organisation, review.Reviewer, review.Remark));
        var permitted = Assert.Single(it.Asked(), r => r.Action == "review");
        Assert.Equal((review.AccessDecisionId, true, TheLog.Caller), (permitted.DecisionId, permitted.Allowed, permitted.AskedBy));

        // Who it was, and who reviewed, stays within that organisation.
        var seen = Assert.Single(await TheLog.ListAsync(target, "all"));
        Assert.Equal(("", ""), (seen.GetProperty("actor").GetString(), seen.GetProperty("reviews")[0].GetProperty("reviewer").GetString()));
    }

    [Fact]
    public async Task An_objection_of_either_stands_and_an_acceptance_by_the_one_that_was_asked_does_not_close_it()
    {
        await using var it = await TheLog.StartAsync();
        var (caller, target) = (it.Of(TheLog.Caller), it.Of(TheLog.Target));
        var (first, second) = (await it.AppendBreakGlassAsync(), await it.AppendBreakGlassAsync());

        Assert.Equal((200, "open"), await TheLog.ReviewAsync(target, first.DecisionId));
        Assert.Equal((200, "accepted"), await TheLog.ReviewAsync(caller, first.DecisionId));

        Assert.Equal((200, "accepted"), await TheLog.ReviewAsync(caller, second.DecisionId));
        Assert.Equal((200, "objected"), await TheLog.ReviewAsync(target, second.DecisionId, "objected", code: "no-red-crisis"));
        Assert.Equal(second.DecisionId, Assert.Single(await TheLog.ListAsync(caller, "objected")).GetProperty("decisionId").GetString());
    }

    [Fact]
    public async Task A_privacy_officer_with_a_certificate_of_the_organisation_reviews_for_it_and_another_role_or_loopback_does_not()
    {
        await using var it = await TheLog.StartAsync(OperatorRoles.PrivacyOfficer);
        var use = await it.AppendBreakGlassAsync();
        Assert.Equal((200, "accepted"), await TheLog.ReviewAsync(it.Officer(), use.DecisionId, reviewer: "ignored"));
        Assert.Equal(("officer-1", TheLog.Caller), (it.Reviews()[0].Reviewer, it.Reviews()[0].Organisation));

        await using var other = await TheLog.StartAsync(OperatorRoles.SecurityOfficer);
        var same = await other.AppendBreakGlassAsync();
        Assert.Equal((403, "REVIEWER_OF_NEITHER"), await TheLog.ReviewAsync(other.Officer(), same.DecisionId));
        Assert.Null(Asker.Loopback.ReviewsFor);
    }

    [Fact]
    public async Task Each_refusal_says_why_and_is_on_the_log()
    {
        await using var it = await TheLog.StartAsync();
        var caller = it.Of(TheLog.Caller);
        var use = await it.AppendBreakGlassAsync();
        var ordinary = await it.AppendAsync();
        var asked = await it.AppendBreakGlassAsync(decision => decision.EnforcementPoint = "authzen");
        var unknown = UuidV7.Create(it.Time.GetUtcNow());

        Assert.Equal((404, "REVIEW_DECISION_UNKNOWN"), await TheLog.ReviewAsync(caller, unknown));
        Assert.Equal((409, "REVIEW_NOT_BREAK_GLASS"), await TheLog.ReviewAsync(caller, ordinary.DecisionId));
        Assert.Equal((409, "REVIEW_NOT_BREAK_GLASS"), await TheLog.ReviewAsync(caller, asked.DecisionId));
        Assert.Equal((403, "REVIEWER_USED_IT"), await TheLog.ReviewAsync(caller, use.DecisionId, reviewer: TheLog.Professional));
        Assert.Equal((400, "REVIEW_INVALID"), await TheLog.ReviewAsync(caller, use.DecisionId, "perhaps"));
        Assert.Equal((400, "REVIEW_INVALID"), await TheLog.ReviewAsync(caller, use.DecisionId, "objected"));
        Assert.Equal((400, "REVIEW_INVALID"), await TheLog.ReviewAsync(caller, use.DecisionId, "objected", code: "other"));
        Assert.Equal((400, "REVIEW_INVALID"), await TheLog.ReviewAsync(caller, use.DecisionId, remark: "gaat over 123456782"));
        Assert.Equal((400, "REVIEW_INVALID"), await TheLog.ReviewAsync(caller, "123456782"));
        Assert.Equal((200, "accepted"), await TheLog.ReviewAsync(caller, use.DecisionId));
        Assert.Equal((409, "REVIEWED_BEFORE"), await TheLog.ReviewAsync(caller, use.DecisionId, "objected", code: "wrong-person"));

        var known = await it.AppendBreakGlassAsync(decision => decision.Caller.Oin = decision.Target.Oin = TheManagement.Suspended);
        Assert.Equal((403, "REVIEWER_OF_NEITHER"), await TheLog.ReviewAsync(caller, known.DecisionId));
        Assert.Single(it.Reviews());
        Assert.Equal(11, it.Asked().Count(r => !r.Allowed && r.Action == "review" && r.AskedBy == TheLog.Caller));
        Assert.DoesNotContain(it.Asked(), r => r.Operation.Contains("123456782", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_remark_is_sealed_with_the_decision_and_erased_with_the_person()
    {
        const string Remark = "Moeder was zelf bereikbaar";
        await using var it = await TheLog.StartAsync();
        var (caller, target) = (it.Of(TheLog.Caller), it.Of(TheLog.Target));
        var (open, closed) = (await it.AppendBreakGlassAsync(), await it.AppendBreakGlassAsync());
        await TheLog.ReviewAsync(target, open.DecisionId, remark: Remark);
        await TheLog.ReviewAsync(caller, closed.DecisionId, "objected", code: "other", remark: Remark);

        Assert.Equal([Remark, Remark], it.Reviews().Select(review => review.Remark));
        var stored = DecisionLogReader.Read(it.Directory, openSubjects: false).ToList();
        Assert.All(stored.Where(record => record.Review is not null), record => Assert.Equal(("", false), (record.Review.Remark, record.Sealed.IsEmpty)));
        Assert.Single(stored.Where(record => record.Review is not null || record.Decision?.DecisionId == open.DecisionId).Select(record => record.SubjectKey).Distinct());
        Assert.Equal([Remark, Remark], await RemarksAsync());

        await it.Services.GetRequiredService<SubjectEraser>().EraseAsync(
            Pseudonym.Parse(open.Subject), "officer-1", "AVG 17", force: true, TestContext.Current.CancellationToken);
        var queue = it.Services.GetRequiredService<ReviewQueue>();
        await queue.CaughtUpAsync(it.Services.GetRequiredService<SegmentedDecisionLog>().Durable, TestContext.Current.CancellationToken);

        Assert.Equal(["", ""], it.Reviews().Select(review => review.Remark));
        Assert.Equal(["", ""], await RemarksAsync());
        Assert.Equal("", Assert.Single(await TheLog.ListAsync(caller)).GetProperty("justification").GetString());

        // What would be written of an erased person has no key, and gets none.
        Assert.Equal((400, "REVIEW_INVALID"), await TheLog.ReviewAsync(caller, open.DecisionId, remark: Remark));
        Assert.Equal((200, "accepted"), await TheLog.ReviewAsync(caller, open.DecisionId));

        async Task<List<string?>> RemarksAsync() =>
        [
            .. (await TheLog.ListAsync(caller, "open")).Concat(await TheLog.ListAsync(caller, "objected"))
                .Select(item => item.GetProperty("reviews")[0].GetProperty("remark").GetString()),
        ];
    }

    [Fact]
    public async Task What_nobody_reviewed_within_the_retention_holds_nobodys_records_back()
    {
        await using var it = await TheLog.StartAsync();
        var old = await it.AppendBreakGlassAsync(decision => decision.DecidedAt = Timestamp.FromDateTimeOffset(it.Time.GetUtcNow().AddYears(-6)));
        var young = await it.AppendBreakGlassAsync();
        await it.AppendAsync();
        Assert.Equal(2, (await TheLog.ListAsync(it.Of(TheLog.Caller))).Count);
        Assert.Equal(0, it.Position);

        // Nothing is overdue but what is let go of, so nothing is posted.
        var logger = new RecordingLogger<OverdueReviews>();
        using var overdue = new OverdueReviews(
            it.Queue, it.Services.GetRequiredService<SegmentedDecisionLog>(), it.Services.GetRequiredService<IOptions<DecisionLogOptions>>(), post: null!, it.Time, logger);
        await overdue.StartAsync(TestContext.Current.CancellationToken);
        await Within.SecondsAsync(20, () => it.Position == 1, "the position to pass what is older than the retention");
        await overdue.StopAsync(TestContext.Current.CancellationToken);

        var (level, id, text) = Assert.Single(logger.Events);
        Assert.Equal((LogLevel.Warning, 4204), (level, id));
        Assert.Contains(old.DecisionId, text, StringComparison.Ordinal);
        Assert.Equal(young.DecisionId, Assert.Single(await TheLog.ListAsync(it.Of(TheLog.Caller))).GetProperty("decisionId").GetString());

        // While its segment is there, it can be reviewed all the same.
        Assert.Equal((200, "accepted"), await TheLog.ReviewAsync(it.Of(TheLog.Caller), old.DecisionId));
    }

    [Fact]
    public async Task A_restart_knows_what_was_open_and_only_that()
    {
        await using var it = await TheLog.StartAsync();
        var caller = it.Of(TheLog.Caller);
        var (open, closed) = (await it.AppendBreakGlassAsync(), await it.AppendBreakGlassAsync());
        await TheLog.ReviewAsync(caller, closed.DecisionId);

        await it.RestartAsync();
        Assert.Equal(0, it.Position);
        Assert.Equal(open.DecisionId, Assert.Single(await TheLog.ListAsync(it.Of(TheLog.Caller))).GetProperty("decisionId").GetString());
        Assert.Equal((409, "REVIEWED_BEFORE"), await TheLog.ReviewAsync(it.Of(TheLog.Caller), closed.DecisionId));

        await TheLog.ReviewAsync(it.Of(TheLog.Caller), open.DecisionId);
        await Within.SecondsAsync(20, () => it.Position == it.Records().Count + it.Reviews().Count, "the position to pass what was open");
        await it.RestartAsync();
        Assert.Empty(await TheLog.ListAsync(it.Of(TheLog.Caller)));
        Assert.Equal(2, (await TheLog.ListAsync(it.Of(TheLog.Caller), "all")).Count);
    }

    [Fact]
    public async Task Two_reviews_at_the_same_moment_are_one_review()
    {
        await using var it = await TheLog.StartAsync();
        var caller = it.Of(TheLog.Caller);
        var use = await it.AppendBreakGlassAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => TheLog.ReviewAsync(caller, use.DecisionId, reviewer: $"pf-{i}")));
        Assert.Equal(1, answers.Count(answer => answer.Status == 200));
        Assert.Equal(7, answers.Count(answer => answer == (409, "REVIEWED_BEFORE")));
        Assert.Single(it.Reviews());
    }

    [Fact]
    public async Task An_id_of_no_time_the_log_has_is_refused_without_reading_it_and_one_that_must_be_looked_up_needs_a_place()
    {
        await using var it = await TheLog.StartAsync();
        var caller = it.Of(TheLog.Caller);
        var (open, closed) = (await it.AppendBreakGlassAsync(), await it.AppendBreakGlassAsync());
        Assert.Equal((200, "accepted"), await TheLog.ReviewAsync(caller, closed.DecisionId));

        using (it.Services.GetRequiredService<LogReading>().TryEnter(new Asker(TheLog.Caller, Oin.Parse(TheLog.Caller), [])))
        {
            Assert.Equal((404, "REVIEW_DECISION_UNKNOWN"), await TheLog.ReviewAsync(caller, "00000000-0000-7000-8000-000000000000"));
            Assert.Equal((404, "REVIEW_DECISION_UNKNOWN"), await TheLog.ReviewAsync(caller, UuidV7.Create(it.Time.GetUtcNow().AddHours(-1))));
            Assert.Equal((404, "REVIEW_DECISION_UNKNOWN"), await TheLog.ReviewAsync(caller, UuidV7.Create(it.Time.GetUtcNow().AddHours(1))));
            Assert.Equal((503, "LOG_BUSY"), await TheLog.ReviewAsync(caller, closed.DecisionId));
            Assert.Equal((200, "accepted"), await TheLog.ReviewAsync(it.Of(TheLog.Target), closed.DecisionId));
            Assert.Equal((200, "accepted"), await TheLog.ReviewAsync(caller, open.DecisionId));
        }

        Assert.Equal((409, "REVIEWED_BEFORE"), await TheLog.ReviewAsync(caller, closed.DecisionId));
    }

    [Fact]
    public async Task A_review_that_takes_long_keeps_nobody_from_another_decision()
    {
        var gated = new GatedLog();
        await using var it = await TheLog.StartAsync(more: services => services.AddSingleton<IDecisionLog>(provider =>
        {
            gated.Inner = provider.GetRequiredService<SegmentedDecisionLog>();
            return gated;
        }));
        var caller = it.Of(TheLog.Caller);
        var (slow, other) = (await it.AppendBreakGlassAsync(), await it.AppendBreakGlassAsync());
        gated.Held = slow.DecisionId;
        var waiting = TheLog.ReviewAsync(caller, slow.DecisionId);
        await gated.Arrived.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Equal((200, "accepted"), await TheLog.ReviewAsync(caller, other.DecisionId).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.False(waiting.IsCompleted);

        gated.Go.SetResult();
        Assert.Equal((200, "accepted"), await waiting);
    }

    [Fact]
    public async Task What_is_open_and_what_is_overdue_are_metrics()
    {
        await using var it = await TheLog.StartAsync();
        var meters = it.Services.GetRequiredService<IMeterFactory>();
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, sink) =>
        {
            if (instrument.Meter.Name == ReviewMetrics.Name && ReferenceEquals(instrument.Meter.Scope, meters))
            {
                sink.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.Start();

        await it.AppendBreakGlassAsync();
        it.Time.Advance(TimeSpan.FromHours(23));
        await it.AppendBreakGlassAsync();
        Assert.Equal(2, (await TheLog.ListAsync(it.Of(TheLog.Caller))).Count);
        listener.RecordObservableInstruments();
        Assert.Equal((2, 0), (seen["keten.breakglass.review.open"], seen["keten.breakglass.review.overdue"]));

        it.Time.Advance(TimeSpan.FromHours(2));
        listener.RecordObservableInstruments();
        Assert.Equal((2, 1), (seen["keten.breakglass.review.open"], seen["keten.breakglass.review.overdue"]));
        Assert.Single(await TheLog.ListAsync(it.Of(TheLog.Caller), "overdue"));
    }

    /// <summary>A log that lets the record of one review wait.</summary>
    private sealed class GatedLog : IDecisionLog
    {
        public SegmentedDecisionLog Inner { get; set; } = null!;

        public string? Held { get; set; }

        public TaskCompletionSource Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask AppendAsync(LogRecord record, CancellationToken cancellationToken)
        {
            if (Held is not null && record.Decision?.Operation.Contains(Held, StringComparison.Ordinal) == true)
            {
                Arrived.TrySetResult();
                await Go.Task.WaitAsync(cancellationToken);
            }

            await Inner.AppendAsync(record, cancellationToken);
        }
    }
}
