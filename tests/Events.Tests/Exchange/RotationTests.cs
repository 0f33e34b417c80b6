using Google.Protobuf;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Adapters.Sdk.Ports;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;
using Keten.TestKit;
using Microsoft.Data.Sqlite;

namespace Keten.Events.Tests.Exchange;

/// <summary>The federation goes over from one key to the next, organisation by organisation: nobody notices, except by what really happens meanwhile.</summary>
public sealed class RotationTests
{
    private const string Purpose = "betrokkenheid-jeugd";
    private static readonly string[] Old = ["k1"], Both = ["k1", "k2"], Turned = ["k2", "k1"], New = ["k2"];

    [Fact]
    public async Task No_match_is_lost_doubled_or_undue_while_each_organisation_goes_over_in_its_own_time()
    {
        await using var exchange = await TheExchange.StartAsync();
        var (wijkteam, keysOfWijkteam) = await JoinAsync(exchange, "wijkteam", Old);
        var (veiligThuis, keysOfVeiligThuis) = await JoinAsync(exchange, "veilig-thuis", Old);
        var first = await StartAsync(exchange, wijkteam);
        var second = await StartAsync(exchange, veiligThuis);
        await ToldAsync(exchange, [(wijkteam, "Match", 1), (veiligThuis, "Match", 1)]);

        // One knows of the new key and the other does not yet: what happens is told under the old one.
        keysOfWijkteam.Keys = Both;
        await MovedAsync(exchange, wijkteam, "k1.%", "k2.%");
        await UpdateAsync(exchange, veiligThuis, second, "010-1");
        await ToldAsync(exchange, [(wijkteam, "Match", 1), (wijkteam, "RoleChanged", 1), (veiligThuis, "Match", 1)]);

        // Both count under both, and everything is told once, also to a third that begins now.
        keysOfVeiligThuis.Keys = Both;
        await MovedAsync(exchange, veiligThuis, "k1.%", "k2.%");
        await UpdateAsync(exchange, veiligThuis, second, "010-2");
        var (raad, keysOfRaad) = await JoinAsync(exchange, "raad", Turned);
        var third = await StartAsync(exchange, raad);
        await ToldAsync(exchange, [(wijkteam, "Match", 2), (wijkteam, "RoleChanged", 2), (veiligThuis, "Match", 2), (raad, "Match", 2)]);

        // The new key is the current one: what is asked under it has its ground.
        keysOfWijkteam.Keys = keysOfVeiligThuis.Keys = Turned;
        await MovedAsync(exchange, wijkteam, "k2.%", "k1.%");
        await MovedAsync(exchange, veiligThuis, "k2.%", "k1.%");
        Assert.True(exchange.Gateway.View.IsInvolved(wijkteam.Oin, Of("k1", exchange.Bsn), Purpose));
        Assert.True(exchange.Gateway.View.IsInvolved(wijkteam.Oin, Of("k2", exchange.Bsn), Purpose));

        // One has closed with the old key, and another ends under both.
        keysOfWijkteam.Keys = New;
        await MovedAsync(exchange, wijkteam, "k2.%", "");
        await Wait.UntilAsync(() => !exchange.Gateway.View.IsInvolved(wijkteam.Oin, Of("k1", exchange.Bsn), Purpose));
        await EndAsync(exchange, raad, third);
        await ToldAsync(exchange,
            [(wijkteam, "Match", 2), (wijkteam, "RoleChanged", 2), (wijkteam, "MatchEnded", 1), (veiligThuis, "Match", 2), (veiligThuis, "MatchEnded", 1), (raad, "Match", 2)]);

        // All have. What begins, and ends, is told under the new key.
        keysOfVeiligThuis.Keys = keysOfRaad.Keys = New;
        await MovedAsync(exchange, veiligThuis, "k2.%", "");
        await StartAsync(exchange, raad, third);
        await EndAsync(exchange, wijkteam, first);
        await ToldAsync(exchange,
        [
            (wijkteam, "Match", 3), (wijkteam, "RoleChanged", 2), (wijkteam, "MatchEnded", 1), (veiligThuis, "Match", 3), (veiligThuis, "MatchEnded", 2),
            (raad, "Match", 4), (raad, "MatchEnded", 1),
        ]);
        Assert.False(exchange.Gateway.View.IsInvolved(veiligThuis.Oin, Of("k1", exchange.Bsn), Purpose));
    }

    [Fact]
    public async Task An_erased_involvement_is_forgotten_under_both_keys_and_its_end_told_once()
    {
        await using var exchange = await TheExchange.StartAsync();
        var (wijkteam, _) = await JoinAsync(exchange, "wijkteam", Both);
        var (veiligThuis, _) = await JoinAsync(exchange, "veilig-thuis", Turned);
        var first = await StartAsync(exchange, wijkteam);
        await StartAsync(exchange, veiligThuis);

        await wijkteam.CaseSystem.EraseInvolvementsAsync(new EraseInvolvementsRequest { InvolvementId = first });

        await Wait.UntilAsync(() => !exchange.Gateway.View.IsInvolved(wijkteam.Oin, Of("k1", exchange.Bsn), Purpose)
            && !exchange.Gateway.View.IsInvolved(wijkteam.Oin, Of("k2", exchange.Bsn), Purpose));
        await ToldAsync(exchange, [(veiligThuis, "Match", 1), (veiligThuis, "MatchEnded", 1)]);
    }

    [Fact]
    public async Task An_adapter_that_is_stopped_half_way_goes_on_where_it_was()
    {
        const int Clients = 1_300;
        await using var exchange = await TheExchange.StartAsync();
        OwnClient[] clients = [.. Enumerable.Range(1, Clients).Select(i => new OwnClient($"c{i}", TheExchange.SomeBsn())).DistinctBy(c => c.Bsn)];
        var (wijkteam, _) = await JoinAsync(exchange, "wijkteam", Old, new TheClients(clients));
        var (veiligThuis, keysOfVeiligThuis) = await JoinAsync(exchange, "veilig-thuis", Old, new TheClients(clients));
        await ImportAsync(wijkteam, clients);
        await ImportAsync(veiligThuis, clients);
        await AnsweredAsync(exchange, wijkteam);
        await AnsweredAsync(exchange, veiligThuis);
        keysOfVeiligThuis.Keys = Both;
        await MovedAsync(exchange, veiligThuis, "k1.%", "k2.%");

        // The first thousand are committed; it stops while the next wait for their turn. What it committed it may not have sent.
        await exchange.StopAsync(wijkteam);
        wijkteam = await exchange.StartAdapterAsync(
            wijkteam.Oin, "wijkteam", connected: false, Fast, new TheClients(clients), new NeverLater(), new HashedPseudonyms { Keys = Both });
        await Wait.UntilAsync(() => TheDatabase.Count(exchange, wijkteam, "involvement", "other_subject <> ''") > 0);
        await exchange.StopAsync(wijkteam);
        Assert.InRange(TheDatabase.Count(exchange, wijkteam, "involvement", "other_subject <> ''"), 1, clients.Length - 1);

        wijkteam = await exchange.StartAdapterAsync(
            wijkteam.Oin, "wijkteam", with: Fast, clients: new TheClients(clients), pseudonyms: new HashedPseudonyms { Keys = Both });
        await MovedAsync(exchange, wijkteam, "k1.%", "k2.%");

        await ToldAsync(exchange, [(wijkteam, "Match", clients.Length), (veiligThuis, "Match", clients.Length)]);
        Assert.All(clients, c => Assert.True(exchange.Gateway.View.IsInvolved(wijkteam.Oin, Of("k2", c.Bsn), Purpose)));
    }

    [Fact]
    public async Task What_the_case_system_reports_again_meanwhile_is_the_same_involvement()
    {
        await using var exchange = await TheExchange.StartAsync();
        var (wijkteam, keys) = await JoinAsync(exchange, "wijkteam", Old);
        var id = await StartAsync(exchange, wijkteam, "own-1");
        keys.Keys = Turned;

        var again = await wijkteam.ReportAsync(Change.Started, r => (r.InvolvementId, r.Involvement) = (id, new Involvement { ContactPhone = "010-3" }));

        Assert.Equal(id, again.InvolvementId);
        await MovedAsync(exchange, wijkteam, "k2.%", "k1.%");
        Assert.Equal(1, TheDatabase.Count(exchange, wijkteam, "involvement"));
    }

    [Fact]
    public async Task An_involvement_whose_clients_number_was_corrected_is_not_moved_but_erased_and_all_who_knew_of_it_are_told()
    {
        await using var exchange = await TheExchange.StartAsync();
        var clients = new TheClients(new OwnClient(TheAdapter.Client, exchange.Bsn));
        var (wijkteam, keys) = await JoinAsync(exchange, "wijkteam", Old, clients);
        var (veiligThuis, _) = await JoinAsync(exchange, "veilig-thuis", Old);
        using var atWijkteam = wijkteam.Listen();
        using var atVeiligThuis = veiligThuis.Listen();
        var id = await StartAsync(exchange, wijkteam, "own-1");
        await StartAsync(exchange, veiligThuis);
        await atVeiligThuis.MatchAsync();

        var right = TheExchange.SomeBsn();
        clients.Set(new OwnClient(TheAdapter.Client, right));
        keys.Keys = Both;

        Assert.Equal(wijkteam.Oin.Value, (await atVeiligThuis.MatchEndedAsync()).AboutOin);
        Assert.False(exchange.Gateway.View.IsInvolved(wijkteam.Oin, Of("k1", exchange.Bsn), Purpose));
        var told = await atWijkteam.NextAsync(Notification.ContentOneofCase.InvolvementEnded);
        Assert.Equal((TheAdapter.Client, id, EndReason.NumberCorrected),
            (told.ClientId, told.Notification.InvolvementEnded.OwnInvolvementId, told.Notification.InvolvementEnded.Reason));
        Assert.Equal(0, TheDatabase.Count(exchange, wijkteam, "involvement"));

        // The same id is the right person's from now on.
        Assert.Equal(id, await StartAsync(exchange, wijkteam, id));
        await Wait.UntilAsync(() => exchange.Gateway.View.IsInvolved(wijkteam.Oin, Of("k1", right), Purpose));
        Assert.False(exchange.Gateway.View.IsInvolved(wijkteam.Oin, Of("k1", exchange.Bsn), Purpose));
    }

    [Fact]
    public async Task A_second_pseudonym_that_cannot_be_the_same_persons_is_refused_and_a_move_of_nothing_has_no_effect()
    {
        await using var exchange = await TheExchange.StartAsync();
        var (wijkteam, _) = await JoinAsync(exchange, "wijkteam", Old);
        var topic = Topics.Involvement(wijkteam.Oin);
        var stranger = Of("k1", TheExchange.SomeBsn()).Value;
        InvolvementChanged[] refused =
        [
            new() { Change = Change.Started, OtherSubject = stranger },
            new() { Change = Change.Started, OtherSubject = "k2.short" },
            new() { Change = Change.Updated, FormerSubjects = { Of("k2", exchange.Bsn).Value } },
            new() { Change = Change.Moved, FormerSubjects = { stranger } },
        ];
        var nothing = new InvolvementChanged { Change = Change.Moved, OtherSubject = Of("k2", exchange.Bsn).Value };
        foreach (var report in refused.Append(nothing))
        {
            (report.InvolvementId, report.Version, report.Subject, report.Purpose) = ("i-1", 1, Of("k1", exchange.Bsn).Value, Purpose);
            await exchange.ProduceAsync(topic, report.InvolvementId, report.ToByteArray(),
                new CloudEvent(UuidV7.Create(TimeProvider.System.GetUtcNow()), CloudEvent.SourceOf(wijkteam.Oin), EventTypes.InvolvementChanged, TimeProvider.System.GetUtcNow()), report.Subject);
        }

        await exchange.CommittedAsync("keten-intake", topic);
        Assert.All(await exchange.ReadAsync(Topics.DeadLetter(topic), refused.Length), letter => Assert.Equal("EVENT_MALFORMED", TheExchange.ReasonOf(letter)));
        Assert.Equal(refused.Length, await exchange.CountAsync(Topics.DeadLetter(topic)));
        Assert.False(exchange.Gateway.View.IsInvolved(wijkteam.Oin, Of("k2", exchange.Bsn), Purpose));
        Assert.DoesNotContain(exchange.Log.Records, r => r.Allowed);
    }

    private static async Task<(TheAdapter Adapter, HashedPseudonyms Keys)> JoinAsync(TheExchange exchange, string type, IReadOnlyList<string> keys, TheClients? clients = null)
    {
        var pseudonyms = new HashedPseudonyms { Keys = keys };
        return (await exchange.StartAdapterAsync(await exchange.RegisterAsync(type), type, with: Fast, clients: clients, pseudonyms: pseudonyms), pseudonyms);
    }

    private static void Fast(InvolvementExchangeOptions options) => options.IndexInterval = TimeSpan.FromSeconds(1);

    private static async Task<string> StartAsync(TheExchange exchange, TheAdapter adapter, string id = "")
    {
        var answer = await adapter.ReportAsync(Change.Started, id);
        await AnsweredAsync(exchange, adapter);
        return answer.InvolvementId;
    }

    private static async Task UpdateAsync(TheExchange exchange, TheAdapter adapter, string id, string phone)
    {
        await adapter.ReportAsync(Change.Updated, r => (r.InvolvementId, r.Involvement) = (id, new Involvement { ContactPhone = phone }));
        await AnsweredAsync(exchange, adapter);
    }

    private static async Task EndAsync(TheExchange exchange, TheAdapter adapter, string id)
    {
        await adapter.ReportAsync(Change.Ended, id);
        await AnsweredAsync(exchange, adapter);
    }

    private static Task AnsweredAsync(TheExchange exchange, TheAdapter adapter) =>
        Within.SecondsAsync(60, () => TheDatabase.Count(exchange, adapter, "involvement", "answer IS NULL") == 0, "the answers");

    // In the adapter's table, at the broker, and in the gateway's view.
    private static async Task MovedAsync(TheExchange exchange, TheAdapter adapter, string subject, string other)
    {
        await Within.SecondsAsync(60, () => TheDatabase.Count(exchange, adapter, "involvement", $"ended = 0 AND NOT (subject LIKE '{subject}' AND other_subject LIKE '{other}')") == 0, "the move");
        await Within.SecondsAsync(60, () => TheDatabase.Count(exchange, adapter, "outbox") == 0, "the outbox");
        await exchange.CommittedAsync("keten-intake", Topics.Involvement(adapter.Oin));
    }

    // Everything that is to come has come: the matcher's marks move when what it told has arrived.
    private static async Task ToldAsync(TheExchange exchange, IReadOnlyList<(TheAdapter Adapter, string Kind, int Count)> expected)
    {
        foreach (var adapter in expected.Select(e => e.Adapter).Distinct())
        {
            await exchange.CommittedAsync("keten-intake", Topics.Involvement(adapter.Oin));
        }

        await exchange.CommittedAsync("keten-matcher", Topics.InvolvementByPerson);
        foreach (var adapter in expected.Select(e => e.Adapter).Distinct())
        {
            var sent = await exchange.CountAsync(Topics.Notifications(adapter.Oin));
            await Within.SecondsAsync(60, () => Read(exchange, adapter, "SELECT SUM(next_offset) FROM inbox_offset", r => r.IsDBNull(0) ? 0 : r.GetInt64(0)).Single() == sent, "the inbox");
            var told = Read(exchange, adapter, "SELECT payload FROM inbox", r => Notification.Parser.ParseFrom(r.GetFieldValue<byte[]>(0)))
                .Where(n => n.ContentCase is not (Notification.ContentOneofCase.Receipt or Notification.ContentOneofCase.LeadAsked))
                .CountBy(n => $"{n.ContentCase}").Select(c => (c.Key, c.Value)).Order();
            Assert.Equal(expected.Where(e => e.Adapter == adapter).Select(e => (e.Kind, e.Count)).Order(), told);
        }
    }

    private static List<T> Read<T>(TheExchange exchange, TheAdapter adapter, string query, Func<SqliteDataReader, T> map)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(exchange.Directory, $"{adapter.Oin}.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A test's own words.
        command.CommandText = query;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(map(reader));
        }

        return rows;
    }

    private static async Task ImportAsync(TheAdapter adapter, IReadOnlyList<OwnClient> clients)
    {
        using var call = adapter.CaseSystem.ImportInvolvements();
        await call.RequestStream.WriteAsync(new ImportInvolvementsRequest { Start = new ImportStart { ImportId = "all" } });
        foreach (var (i, client) in clients.Index())
        {
            await call.RequestStream.WriteAsync(new ImportInvolvementsRequest
            {
                Row = new ImportRow
                {
                    Row = i + 1,
                    Report = new ReportInvolvementRequest
                    {
                        ClientId = client.ClientId,
                        InvolvementId = $"i-{client.ClientId}",
                        Change = Change.Started,
                        Purpose = Purpose,
                        Actor = "p7",
                        ActorRole = "onderzoeker",
                        AssertedFacts = ByteString.CopyFromUtf8("""{"subject_age":9,"subject_informed":true,"risk_assessed":true}"""),
                    },
                },
            });
        }

        await call.RequestStream.CompleteAsync();
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
        }
    }

    private static Pseudonym Of(string key, string bsn) => new HashedPseudonyms { Keys = [key] }.EvaluateAsync([bsn], CancellationToken.None).Result[0];

    /// <summary>A clock by which nothing that waits goes on.</summary>
    private sealed class NeverLater : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
