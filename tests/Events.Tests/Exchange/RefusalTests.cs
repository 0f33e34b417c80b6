using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.Events.Tests.Exchange;

public sealed class RefusalTests
{
    // Invented; passes the elfproef.
    internal const string Bsn = "999912112";

    [Fact]
    public async Task A_report_the_policy_refuses_goes_to_the_dead_letters_and_its_reporter_is_told()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var wijkteam = exchange["wijkteam"];
        using var stream = wijkteam.Listen();

        var report = await wijkteam.ReportAsync(with: r => r.AssertedFacts = ByteString.CopyFromUtf8("""{"risk_assessed":true}"""));

        var receipt = await stream.ReceiptAsync();
        Assert.Equal((report.InvolvementId, false, "SUBJECT_NOT_INFORMED"), (receipt.InvolvementId, receipt.Accepted, receipt.ReasonCode));
        var letter = (await exchange.ReadAsync(Topics.DeadLetter(Topics.Involvement(wijkteam.Oin)), 1)).Single();
        Assert.Equal("SUBJECT_NOT_INFORMED", TheExchange.ReasonOf(letter));
        Assert.Equal(report.InvolvementId, Encoding.UTF8.GetString(letter.Message.Key));
        Assert.Equal(report.InvolvementId, InvolvementChanged.Parser.ParseFrom(letter.Message.Value).InvolvementId);
        Assert.False(exchange.Gateway.View.IsInvolved(wijkteam.Oin, await exchange.PersonAsync(), "betrokkenheid-jeugd"));
        Assert.Contains(exchange.Log.Records, r => r.DecisionId == receipt.DecisionId && !r.Allowed);

        // Put right, the same involvement may be reported again.
        var again = await wijkteam.ReportAsync(with: r => r.InvolvementId = report.InvolvementId);
        Assert.Equal(2, again.Version);
        Assert.True((await stream.ReceiptAsync()).Accepted);
    }

    [Fact]
    public async Task A_report_with_a_field_the_purpose_does_not_cover_is_refused_whole()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        using var stream = exchange["wijkteam"].Listen();

        await exchange["wijkteam"].ReportAsync(with: r => r.Involvement = new Involvement { LegalFrame = "OTS" });
        Assert.Equal("FIELD_NOT_PERMITTED", (await stream.ReceiptAsync()).ReasonCode);

        await exchange["wijkteam"].ReportAsync(with: r =>
        {
            r.Fields.Add("contact_phone");
            r.Involvement = new Involvement { ContactPhone = "010-1", ContactProfessional = "not declared" };
        });
        Assert.Equal("FIELD_NOT_PERMITTED", (await stream.ReceiptAsync()).ReasonCode);

        await exchange["wijkteam"].ReportAsync(with: r =>
        {
            r.Fields.Add("contact_phone");
            r.Involvement = new Involvement { ContactPhone = "010-1" };
        });
        Assert.True((await stream.ReceiptAsync()).Accepted);
    }

    [Fact]
    public async Task An_update_of_what_was_never_let_in_is_refused_even_when_its_organisation_is_involved()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var wijkteam = exchange["wijkteam"];
        using var stream = wijkteam.Listen();
        await wijkteam.ReportAsync();
        Assert.True((await stream.ReceiptAsync()).Accepted);

        var refused = await wijkteam.ReportAsync(with: r => r.AssertedFacts = ByteString.Empty);
        Assert.Equal("SUBJECT_NOT_INFORMED", (await stream.ReceiptAsync()).ReasonCode);
        await wijkteam.ReportAsync(Change.Updated, refused.InvolvementId);

        Assert.Equal("CALLER_NOT_INVOLVED", (await stream.ReceiptAsync()).ReasonCode);
    }

    [Fact]
    public async Task A_participant_that_is_not_active_is_refused()
    {
        await using var exchange = await TheExchange.StartAsync();
        var oin = await exchange.RegisterAsync("wijkteam", "suspended");
        var adapter = await exchange.StartAdapterAsync(oin, "wijkteam");
        using var stream = adapter.Listen();

        await adapter.ReportAsync();

        Assert.Equal("PARTICIPANT_NOT_ACTIVE", (await stream.ReceiptAsync()).ReasonCode);
    }

    [Fact]
    public async Task Poison_goes_to_the_dead_letters_and_what_comes_after_it_is_handled()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "politie");
        var wijkteam = exchange["wijkteam"];
        using var stream = wijkteam.Listen();
        var topic = Topics.Involvement(wijkteam.Oin);
        var good = Envelope(CloudEvent.SourceOf(wijkteam.Oin));
        var report = await SomeReportAsync(exchange);

        await exchange.ProduceAsync(topic, "unparsable", [1, 2, 3, 250], good);
        await exchange.ProduceAsync(topic, "tombstone", null, good);
        await exchange.ProduceAsync(topic, "large", new byte[100_000], good);
        await exchange.ProduceAsync(topic, "another-key", report.ToByteArray(), good);
        await exchange.ProduceAsync(topic, report.InvolvementId, report.ToByteArray(), good with { Type = "nl.other.v1" });
        await exchange.ProduceAsync(topic, report.InvolvementId, report.ToByteArray(), Envelope(CloudEvent.SourceOf(exchange["politie"].Oin)));
        await wijkteam.ReportAsync();

        Assert.True((await stream.ReceiptAsync()).Accepted);
        // A tombstone is none: it lets the broker forget, and says nothing to the gateway.
        var letters = await exchange.ReadAsync(Topics.DeadLetter(topic), 5);
        Assert.Equal(
            ["EVENT_MALFORMED", "EVENT_MALFORMED", "EVENT_MALFORMED", "EVENT_SOURCE_MISMATCH", "EVENT_TOO_LARGE"],
            letters.Select(TheExchange.ReasonOf).Order());
        Assert.Null(letters.Single(l => TheExchange.ReasonOf(l) == "EVENT_TOO_LARGE").Message.Value);
        Assert.Equal(5, exchange.Log.Records.Count(r => !r.Allowed));
    }

    [Theory]
    [InlineData("actor")]
    [InlineData("actor_role")]
    [InlineData("purpose")]
    [InlineData("fields")]
    [InlineData("contact_desk")]
    [InlineData("contact_professional")]
    [InlineData("contact_email")]
    [InlineData("legal_frame")]
    public async Task A_report_with_what_may_be_a_BSN_is_refused_kept_nowhere_and_holds_up_nobody(string field)
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var wijkteam = exchange["wijkteam"];
        using var atWijkteam = wijkteam.Listen();
        using var atVeiligThuis = exchange["veilig-thuis"].Listen();
        var topic = Topics.Involvement(wijkteam.Oin);
        var report = await SomeReportAsync(exchange);
        switch (field)
        {
            case "actor": report.Actor = Bsn; break;
            case "actor_role": report.ActorRole = $"role of {Bsn}"; break;
            case "purpose": report.Purpose = Bsn; break;
            case "fields": report.Fields.Add(Bsn); break;
            default: report.Involvement = InvolvementTextTests.With(field, $"dossier {Bsn} {new string('a', 257)}"); break;
        }

        await exchange.ProduceAsync(topic, report.InvolvementId, report.ToByteArray(), Envelope(CloudEvent.SourceOf(wijkteam.Oin)) with { Id = Bsn });
        await exchange["veilig-thuis"].ReportAsync();

        var receipt = await atWijkteam.ReceiptAsync();
        Assert.Equal((report.InvolvementId, false, "PERSONAL_DATA_IN_METADATA"), (receipt.InvolvementId, receipt.Accepted, receipt.ReasonCode));
        Assert.True((await atVeiligThuis.ReceiptAsync()).Accepted);
        var letter = (await exchange.ReadAsync(Topics.DeadLetter(topic), 1)).Single();
        Assert.Equal("PERSONAL_DATA_IN_METADATA", TheExchange.ReasonOf(letter));
        Assert.Null(letter.Message.Value);
        Assert.DoesNotContain(letter.Message.Headers, h => Encoding.UTF8.GetString(h.GetValueBytes()).Contains(Bsn, StringComparison.Ordinal));
        var record = Assert.Single(exchange.Log.Records, r => r.DecisionId == receipt.DecisionId);
        Assert.Equal((false, "PERSONAL_DATA_IN_METADATA", wijkteam.Oin.Value), (record.Allowed, record.ReasonCode, record.Caller.Oin));
        Assert.DoesNotContain(Bsn, record.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_larger_than_a_dead_letter_may_be_are_set_aside_and_hold_up_nobody()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var wijkteam = exchange["wijkteam"];
        using var stream = wijkteam.Listen();
        var topic = Topics.Involvement(wijkteam.Oin);
        var good = Envelope(CloudEvent.SourceOf(wijkteam.Oin));
        var large = new byte[999_000];

        // Within what a broker takes, until headers of our own are added.
        await exchange.ProduceAsync(topic, "headers", [1, 2, 3, 250], good, headers: [new("x", large)]);
        await exchange.ProduceAsync(topic, new string('k', large.Length), [1, 2, 3, 250], good);
        await wijkteam.ReportAsync();

        Assert.True((await stream.ReceiptAsync()).Accepted);
        var letters = await exchange.ReadAsync(Topics.DeadLetter(topic), 2);
        Assert.All(letters, letter => Assert.Equal("EVENT_MALFORMED", TheExchange.ReasonOf(letter)));
        Assert.All(letters, letter => Assert.Equal([1, 2, 3, 250], letter.Message.Value));
        Assert.All(letters, letter => Assert.DoesNotContain(letter.Message.Headers, h => h.Key == "x"));
        Assert.Single(letters, letter => letter.Message.Key is null);
    }

    [Fact]
    public async Task A_dead_letter_the_broker_refuses_as_too_large_is_set_aside_without_its_content()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var broker = exchange.RequireEmbedded();
        var wijkteam = exchange["wijkteam"];
        using var stream = wijkteam.Listen();
        var topic = Topics.Involvement(wijkteam.Oin);

        exchange.Log.IsFull = true;
        await exchange.ProduceAsync(topic, "unparsable", [1, 2, 3, 250], Envelope(CloudEvent.SourceOf(wijkteam.Oin)));
        await Wait.UntilAsync(() => exchange.Log.Refused > 0);
        broker.FailNextProduces(Confluent.Kafka.ErrorCode.MsgSizeTooLarge);
        exchange.Log.IsFull = false;
        await wijkteam.ReportAsync();

        Assert.True((await stream.ReceiptAsync()).Accepted);
        var letter = (await exchange.ReadAsync(Topics.DeadLetter(topic), 1)).Single();
        Assert.Equal("EVENT_MALFORMED", TheExchange.ReasonOf(letter));
        Assert.Null(letter.Message.Value);
    }

    [Theory]
    [InlineData(65, 1)]
    [InlineData(1, 257)]
    public async Task More_or_longer_fields_than_there_can_be_are_malformed(int count, int length)
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var topic = Topics.Involvement(exchange["wijkteam"].Oin);
        var report = await SomeReportAsync(exchange);
        report.Fields.Add(Enumerable.Repeat(new string('f', length), count));

        await exchange.ProduceAsync(topic, report.InvolvementId, report.ToByteArray(), Envelope(CloudEvent.SourceOf(exchange["wijkteam"].Oin)));

        Assert.Equal("EVENT_MALFORMED", TheExchange.ReasonOf((await exchange.ReadAsync(Topics.DeadLetter(topic), 1)).Single()));
    }

    [Fact]
    public async Task An_authorised_involvement_or_a_tombstone_that_is_not_the_gateways_is_set_aside()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "politie");
        var (wijkteam, politie) = (exchange["wijkteam"], exchange["politie"]);
        using var stream = wijkteam.Listen();
        await wijkteam.ReportAsync();
        await stream.ReceiptAsync();
        var person = await exchange.PersonAsync();
        var record = Assert.Single(await exchange.ReadAsync(Topics.InvolvementByPerson, 1));
        var key = Encoding.UTF8.GetString(record.Message.Key);
        var forged = AuthorisedInvolvement.Parser.ParseFrom(record.Message.Value);
        (forged.Event.Version, forged.Event.Change) = (9, Change.Ended);
        var good = new CloudEvent("e1", CloudEvent.GatewaySource, EventTypes.InvolvementAuthorised, DateTimeOffset.UtcNow);

        foreach (var value in new[] { forged.ToByteArray(), null })
        {
            await SendAsync(key, value, good with { Source = CloudEvent.SourceOf(politie.Oin) });
            await SendAsync(key, value, good with { Type = EventTypes.InvolvementChanged });
            await SendAsync(key, value, good, new Confluent.Kafka.Header("ce_source", "urn:nld:oin:other"u8.ToArray()));
        }

        await SendAsync("no-key-of-ours", null, good);

        var letters = await exchange.ReadAsync(Topics.DeadLetter(Topics.InvolvementByPerson), 7);
        Assert.All(letters, letter => Assert.Equal("EVENT_MALFORMED", TheExchange.ReasonOf(letter)));
        Assert.True(exchange.Gateway.View.IsInvolved(wijkteam.Oin, person, "betrokkenheid-jeugd"));
        Assert.Equal(1, exchange.Gateway.Count);

        // What compaction would keep is the true one: it was written again behind each of the six that stood on its key.
        var kept = (await exchange.ReadAsync(Topics.InvolvementByPerson, 14)).Where(r => Encoding.UTF8.GetString(r.Message.Key) == key).ToList()[^1];
        var last = AuthorisedInvolvement.Parser.ParseFrom(kept.Message.Value).Event;
        Assert.Equal((1, Change.Started), (last.Version, last.Change));

        Task SendAsync(string at, byte[]? value, CloudEvent envelope, params Confluent.Kafka.Header[] headers) =>
            exchange.ProduceAsync(Topics.InvolvementByPerson, at, value, envelope, person.Value, headers);
    }

    [Fact]
    public async Task A_notification_that_is_not_the_gateways_is_set_aside()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "politie");
        var wijkteam = exchange["wijkteam"];
        using var stream = wijkteam.Listen();
        var forged = new Notification
        {
            NotificationId = "forged",
            Subject = (await exchange.PersonAsync()).Value,
            Match = new Match { AboutOin = exchange["politie"].Oin.Value },
        };

        var topic = Topics.Notifications(wijkteam.Oin);
        await exchange.ProduceAsync(
            topic, forged.Subject, forged.ToByteArray(),
            new CloudEvent("x", CloudEvent.SourceOf(exchange["politie"].Oin), EventTypes.Notification, DateTimeOffset.UtcNow));
        await exchange.ProduceAsync(
            topic, forged.Subject, [1, 2, 3, 250], new CloudEvent("y", CloudEvent.GatewaySource, EventTypes.Notification, DateTimeOffset.UtcNow));
        await wijkteam.ReportAsync();

        await stream.ReceiptAsync();
        Assert.Empty(stream.Kept);
    }

    [Fact]
    public async Task An_organisation_that_lost_count_hears_that_its_version_is_outdated_and_a_true_repeat_stays_silent()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var wijkteam = exchange["wijkteam"];
        using var stream = wijkteam.Listen();
        var topic = Topics.Involvement(wijkteam.Oin);
        var at = new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);
        var reports = new List<InvolvementChanged>();
        for (var version = 1; version <= 3; version++)
        {
            var report = await SomeReportAsync(exchange);
            (report.InvolvementId, report.Version, report.OccurredAt) = ("i1", version, at.AddMinutes(version).ToTimestamp());
            reports.Add(report);
            await SendAsync(report);
            Assert.True((await stream.ReceiptAsync()).Accepted);
        }

        // As sent again from an outbox; and as from a database that was put back from a backup.
        await SendAsync(reports[0]);
        await SendAsync(reports[1]);
        foreach (var version in new[] { 2, 3 })
        {
            var lost = reports[0].Clone();
            (lost.Version, lost.OccurredAt) = (version, at.AddDays(1).ToTimestamp());
            await SendAsync(lost);
            var receipt = await stream.ReceiptAsync();
            Assert.Equal((version, false, "VERSION_OUTDATED"), (receipt.Version, receipt.Accepted, receipt.ReasonCode));
        }

        Assert.Equal(2, exchange.Log.Records.Count(r => r.ReasonCode == "VERSION_OUTDATED"));
        Assert.Empty(stream.Kept);

        Task SendAsync(InvolvementChanged report) =>
            exchange.ProduceAsync(topic, report.InvolvementId, report.ToByteArray(), Envelope(CloudEvent.SourceOf(wijkteam.Oin)), report.Subject);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_report_from_the_future_is_refused_and_a_true_one_after_it_counts(bool byItsEnvelope)
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var wijkteam = exchange["wijkteam"];
        using var stream = wijkteam.Listen();
        var topic = Topics.Involvement(wijkteam.Oin);
        var report = await SomeReportAsync(exchange);
        var now = DateTimeOffset.UtcNow;

        await SendAsync(1, now.AddMinutes(6));
        var receipt = await stream.ReceiptAsync();
        Assert.Equal((false, "EVENT_TIME_IN_FUTURE"), (receipt.Accepted, receipt.ReasonCode));
        Assert.Equal("EVENT_TIME_IN_FUTURE", TheExchange.ReasonOf((await exchange.ReadAsync(Topics.DeadLetter(topic), 1))[0]));
        Assert.Equal("EVENT_TIME_IN_FUTURE", Assert.Single(exchange.Log.Records).ReasonCode);
        Assert.Equal(0, exchange.Gateway.Count);

        // A few minutes are what clocks differ; and the version that was refused is still free.
        await SendAsync(1, now.AddMinutes(4));
        Assert.True((await stream.ReceiptAsync()).Accepted);
        await SendAsync(2, now);
        Assert.True((await stream.ReceiptAsync()).Accepted);

        Task SendAsync(long version, DateTimeOffset at)
        {
            (report.Version, report.OccurredAt) = (version, (byItsEnvelope ? now : at).ToTimestamp());
            return exchange.ProduceAsync(
                topic, report.InvolvementId, report.ToByteArray(), Envelope(CloudEvent.SourceOf(wijkteam.Oin)) with { Time = byItsEnvelope ? at : now }, report.Subject);
        }
    }

    internal static CloudEvent Envelope(string source) => new("e1", source, EventTypes.InvolvementChanged, DateTimeOffset.UtcNow);

    internal static async Task<InvolvementChanged> SomeReportAsync(TheExchange exchange) => new()
    {
        Change = Change.Started,
        InvolvementId = UuidV7.Create(DateTimeOffset.UtcNow),
        Version = 1,
        Subject = (await exchange.PersonAsync()).Value,
        Purpose = "betrokkenheid-jeugd",
        AssertedFacts = ByteString.CopyFromUtf8("""{"subject_informed":true}"""),
    };
}
