using Confluent.Kafka;
using Google.Protobuf.WellKnownTypes;
using Keten.Contracts.Identifiers;
using Keten.Gateway.BreakGlass;
using Keten.DecisionLog;
using Keten.Gateway.Involvement;
using Keten.Identity;
using Keten.Policy;
using Keten.Protocol.V1;
using Keten.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Keten.Events.Tests.Exchange;

/// <summary>From a record in a real decision log, over a broker, to the streams the case systems of both organisations read.</summary>
public sealed class BreakGlassTests
{
    private const Notification.ContentOneofCase Kind = Notification.ContentOneofCase.BreakGlassUsed;
    private const string Why = "Kind alleen thuis met gewonde moeder";

    [Fact]
    public async Task The_officers_of_both_organisations_are_told_and_only_those_of_the_caller_by_whom()
    {
        await using var exchange = await TheExchange.StartAsync("veilig-thuis", "gemeente");
        await using var gateway = await TheRecorder.StartAsync(exchange);
        using var caller = exchange["veilig-thuis"].Listen();
        using var target = exchange["gemeente"].Listen();

        var decision = await gateway.RecordAsync(await UseAsync(exchange));

        var atCaller = (await caller.NextAsync(Kind)).Notification;
        var atTarget = await target.NextAsync(Kind);
        Assert.Equal(
            new BreakGlassUsed
            {
                CallerOin = exchange["veilig-thuis"].Oin.Value, TargetOin = exchange["gemeente"].Oin.Value, Purpose = "crisis-afstemmen",
                Category = "naw", Justification = Why, DecisionId = decision.DecisionId, Actor = "mw-17",
            },
            atCaller.BreakGlassUsed);
        var told = atCaller.BreakGlassUsed.Clone();
        told.Actor = "";
        Assert.Equal(told, atTarget.Notification.BreakGlassUsed);
        Assert.Equal(TheAdapter.Client, atTarget.ClientId);
        Assert.Equal(decision.DecidedAt, atTarget.Notification.OccurredAt);
        Assert.Equal($"00-{decision.TraceId}-{decision.SpanId}-01", atTarget.Notification.Traceparent);
    }

    [Fact]
    public async Task Nothing_else_on_the_log_is_told()
    {
        await using var exchange = await TheExchange.StartAsync("veilig-thuis", "gemeente");
        await using var gateway = await TheRecorder.StartAsync(exchange);
        Action<DecisionRecord>[] others =
        [
            d => (d.BreakGlass, d.ReasonCode) = (false, "ALLOWED"),
            d => (d.Allowed, d.ReasonCode) = (false, "OBLIGATION_UNKNOWN"),
            d => d.EnforcementPoint = "authzen",
            d => d.Obligations.Clear(),
        ];
        foreach (var other in others)
        {
            var decision = await UseAsync(exchange);
            other(decision);
            await gateway.RecordAsync(decision);
        }

        // What comes after them proves that they were passed over.
        var last = await gateway.RecordAsync(await UseAsync(exchange));
        foreach (var organisation in new[] { "veilig-thuis", "gemeente" })
        {
            using var stream = exchange[organisation].Listen();
            Assert.Equal(last.DecisionId, (await stream.NextAsync(Kind)).Notification.BreakGlassUsed.DecisionId);
            Assert.Equal(1, await exchange.CountAsync(Topics.Notifications(exchange[organisation].Oin)));
        }
    }

    [Fact]
    public async Task A_gateway_that_dies_between_record_and_notice_tells_after_its_restart()
    {
        await using var exchange = await TheExchange.StartAsync("veilig-thuis", "gemeente");
        using var directory = new TheDirectory();
        DecisionRecord decision;
        await using (var mute = await TheRecorder.StartAsync(exchange, directory, follows: false))
        {
            decision = await mute.RecordAsync(await UseAsync(exchange));
        }

        Assert.Equal(0, await exchange.CountAsync(Topics.Notifications(exchange["gemeente"].Oin)));
        await using var gateway = await TheRecorder.StartAsync(exchange, directory);
        using var stream = exchange["gemeente"].Listen();
        Assert.Equal(decision.DecisionId, (await stream.NextAsync(Kind)).Notification.BreakGlassUsed.DecisionId);
    }

    [Fact]
    public async Task A_repeat_has_no_second_effect_at_the_inbox()
    {
        await using var exchange = await TheExchange.StartAsync("veilig-thuis", "gemeente");
        using var directory = new TheDirectory();
        for (var i = 0; i < 3; i++)
        {
            await using var gateway = await TheRecorder.StartAsync(exchange, directory);
            await gateway.RecordAsync(await UseAsync(exchange, $"decision-{i}"));
            await gateway.HandledAsync(i + 1);

            // As after a power cut that took the position along: everything is told again.
            await gateway.DisposeAsync();
            File.Delete(directory.Position);
        }

        var topic = Topics.Notifications(exchange["gemeente"].Oin);
        Assert.Equal(6, await exchange.CountAsync(topic));
        await using var last = await TheRecorder.StartAsync(exchange, directory);
        await last.RecordAsync(await UseAsync(exchange, "decision-last"));
        using var stream = exchange["gemeente"].Listen();
        var ids = new List<string>();
        do
        {
            ids.Add((await stream.NextAsync(Kind)).Notification.BreakGlassUsed.DecisionId);
        }
        while (ids[^1] != "decision-last");
        Assert.Equal(["decision-0", "decision-1", "decision-2", "decision-last"], ids);
    }

    [Fact]
    public async Task A_review_that_is_late_is_told_again_to_both_and_shown_once_whatever_is_restarted()
    {
        await using var exchange = await TheExchange.StartAsync("veilig-thuis", "gemeente");
        using var directory = new TheDirectory();
        var use = await UseAsync(exchange);
        use.DecidedAt = (DateTimeOffset.UtcNow - TimeSpan.FromHours(25)).ToTimestamp();
        await using (var mute = await TheRecorder.StartAsync(exchange, directory, follows: false))
        {
            await mute.RecordAsync(use);
        }

        for (var start = 1; start <= 2; start++)
        {
            await using var gateway = await TheRecorder.StartAsync(exchange, directory);
            foreach (var organisation in new[] { "veilig-thuis", "gemeente" })
            {
                // One notice at once, and each start one that it is late.
                var topic = Topics.Notifications(exchange[organisation].Oin);
                var expected = 1 + start;
                await Within.SecondsAsync(20, async () => await exchange.CountAsync(topic) == expected, "the notices");
            }
        }

        await using var last = await TheRecorder.StartAsync(exchange, directory);
        var next = await last.RecordAsync(await UseAsync(exchange));
        foreach (var organisation in new[] { "veilig-thuis", "gemeente" })
        {
            using var stream = exchange[organisation].Listen();
            var heard = new List<(string Id, bool Late)>();
            do
            {
                var used = (await stream.NextAsync(Kind)).Notification.BreakGlassUsed;
                heard.Add((used.DecisionId, used.ReviewOverdue));
            }
            while (heard[^1].Id != next.DecisionId);
            Assert.Equal([(use.DecisionId, false), (use.DecisionId, true)], heard.SkipLast(1).Order());
        }
    }

    [Theory]
    [InlineData(ErrorCode.TopicAuthorizationFailed)]
    [InlineData(ErrorCode.UnknownTopicOrPart)]
    public async Task A_topic_that_cannot_be_written_delays_its_own_notice_and_no_other(ErrorCode code)
    {
        await using var exchange = await TheExchange.StartAsync("veilig-thuis", "gemeente");
        var broker = exchange.RequireEmbedded();
        await using var gateway = await TheRecorder.StartAsync(exchange);
        using var caller = exchange["veilig-thuis"].Listen();
        using var target = exchange["gemeente"].Listen();
        broker.SetTopicError(Topics.Notifications(exchange["gemeente"].Oin), code);

        var held = await gateway.RecordAsync(await UseAsync(exchange));
        Assert.Equal(held.DecisionId, (await caller.NextAsync(Kind)).Notification.BreakGlassUsed.DecisionId);
        Assert.Equal(0, gateway.Position);

        broker.SetTopicError(Topics.Notifications(exchange["gemeente"].Oin), ErrorCode.NoError);
        Assert.Equal(held.DecisionId, (await target.NextAsync(Kind)).Notification.BreakGlassUsed.DecisionId);
        await gateway.HandledAsync(1);
    }

    [Fact]
    public async Task A_broker_that_is_away_delays_the_notice_and_not_the_record()
    {
        await using var exchange = await TheExchange.StartAsync("veilig-thuis", "gemeente");
        var broker = exchange.RequireEmbedded();
        await using var gateway = await TheRecorder.StartAsync(exchange);
        using var target = exchange["gemeente"].Listen();

        broker.SetDown();
        var decision = await gateway.RecordAsync(await UseAsync(exchange));
        broker.SetUp();

        Assert.Equal(decision.DecisionId, (await target.NextAsync(Kind)).Notification.BreakGlassUsed.DecisionId);
    }

    private static async Task<DecisionRecord> UseAsync(TheExchange exchange, string? id = null) => new()
    {
        DecisionId = id ?? UuidV7.Create(DateTimeOffset.UtcNow),
        TraceId = "4bf92f3577b34da6a3ce929d0e0e4736",
        SpanId = "00f067aa0ba902b7",
        EnforcementPoint = "gateway",
        Caller = new Party { Oin = exchange["veilig-thuis"].Oin.Value, OrganisationType = "veilig-thuis", Status = "active" },
        Target = new Party { Oin = exchange["gemeente"].Oin.Value, OrganisationType = "gemeente", Status = "active" },
        Category = "naw",
        Action = "read",
        Purpose = "crisis-afstemmen",
        Subject = (await exchange.PersonAsync()).Value,
        Actor = "mw-17",
        ActorRole = "crisismedewerker",
        Justification = Why,
        Allowed = true,
        ReasonCode = "ALLOWED_BREAK_GLASS",
        Obligations = { "inform-subject-14d", "log-disclosure", "notify-target-privacy-officer", "review-24h" },
        BreakGlass = true,
        DecidedAt = DateTimeOffset.UtcNow.ToTimestamp(),
    };

    /// <summary>A directory for the log, gone after the test.</summary>
    private sealed class TheDirectory : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("keten-break-glass-").FullName;

        public string Position => System.IO.Path.Combine(Path, "break-glass.follower");

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    /// <summary>The gateway's decision log on real files, and what follows it.</summary>
    private sealed class TheRecorder(IHost host, TheDirectory directory, bool ownsDirectory) : IAsyncDisposable
    {
        private bool _stopped;

        public long Position => CountFile.Read(directory.Path, "break-glass.follower");

        public static async Task<TheRecorder> StartAsync(TheExchange exchange, TheDirectory? directory = null, bool follows = true)
        {
            var place = directory ?? new TheDirectory();
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            builder.Logging.AddProvider(new TestLog("gateway")).SetMinimumLevel(LogLevel.Debug);
            builder.Services.AddSingleton<IPolicyEngine>(exchange.Policy).AddSingleton<IParticipantRegistry>(exchange.Registry);
            builder.Services.AddDecisionLog(o => o.Directory = place.Path);
            if (follows)
            {
                builder.Services.AddInvolvement(o => o.Events = exchange.Events).AddBreakGlassNotices();
            }

            var host = builder.Build();
            await host.StartAsync();
            return new TheRecorder(host, place, directory is null);
        }

        public async Task<DecisionRecord> RecordAsync(DecisionRecord decision)
        {
            await host.Services.GetRequiredService<IDecisionLog>().AppendAsync(new LogRecord { Decision = decision }, CancellationToken.None);
            return decision;
        }

        /// <summary>Waits until so many records were told and written off.</summary>
        public Task HandledAsync(long records) => Wait.UntilAsync(() => Position == records);

        public async ValueTask DisposeAsync()
        {
            if (_stopped)
            {
                return;
            }

            _stopped = true;
            await host.StopAsync();
            await ((IAsyncDisposable)host).DisposeAsync();
            if (ownsDirectory)
            {
                directory.Dispose();
            }
        }
    }
}
