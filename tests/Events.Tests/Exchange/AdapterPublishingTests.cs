using Confluent.Kafka;
using Keten.Protocol.V1;

namespace Keten.Events.Tests.Exchange;

/// <summary>The outbox under the broker's faults: everything arrives, each person's events in order, and the adapter lives.</summary>
public sealed class AdapterPublishingTests
{
    private const int Persons = 200;
    private const int Versions = 5;

    private static readonly ErrorCode[] Passing = [ErrorCode.RequestTimedOut, ErrorCode.NotLeaderForPartition, ErrorCode.NotEnoughReplicas];

    [Fact]
    public async Task Produce_errors_in_the_middle_of_a_thousand_events_lose_none_and_keep_each_persons_order() => await
        PublishAsync((broker, person) =>
        {
            if (person % 10 == 0)
            {
                broker.FailNextProduces(Passing[person / 10 % Passing.Length]);
            }
        });

    [Theory]
    [InlineData(ErrorCode.OutOfOrderSequenceNumber)]
    [InlineData(ErrorCode.InvalidProducerEpoch)]
    [InlineData(ErrorCode.ClusterAuthorizationFailed)]
    [InlineData(ErrorCode.TopicAuthorizationFailed)]
    public async Task A_fatal_error_of_the_producer_ends_neither_the_adapter_nor_the_order(ErrorCode code) =>
        await PublishAsync((broker, person) =>
        {
            if (person % 50 == 1)
            {
                broker.FailNextProduces(code);
            }
        });

    private static async Task PublishAsync(Action<EmbeddedBroker, int> spoil)
    {
        await using var exchange = await TheExchange.StartAsync();
        await exchange.StopGatewayAsync();
        var oin = await exchange.RegisterAsync("wijkteam");
        var clients = new TheClients(Enumerable.Range(1, Persons).Select(i => new Adapters.Sdk.Ports.OwnClient($"c{i}", TheExchange.SomeBsn())));
        var wijkteam = await exchange.StartAdapterAsync(oin, "wijkteam", clients: clients);
        var broker = exchange.RequireEmbedded();

        await Parallel.ForEachAsync(Enumerable.Range(1, Persons), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            spoil(broker, i);
            await wijkteam.ReportAsync(Change.Started, r => (r.ClientId, r.InvolvementId) = ($"c{i}", $"i{i}"));
            for (var version = 2; version <= Versions; version++)
            {
                await wijkteam.ReportAsync(Change.Updated, r => (r.ClientId, r.InvolvementId, r.Involvement) = ("", $"i{i}", new Involvement { ContactPhone = $"010-{version}" }));
            }
        });

        await TestKit.Within.SecondsAsync(40, () => TheDatabase.Count(exchange, wijkteam, "outbox") == 0);
        var written = await exchange.ReadAsync(Topics.Involvement(oin), (int)await exchange.CountAsync(Topics.Involvement(oin)));
        var persons = written.Select(r => InvolvementChanged.Parser.ParseFrom(r.Message.Value)).GroupBy(r => r.InvolvementId).ToList();
        Assert.Equal(Persons, persons.Count);

        // A repeat after a lost acknowledgement is allowed; what is new to the reader rises by one.
        Assert.All(persons, person =>
        {
            var highest = 0L;
            foreach (var report in person)
            {
                Assert.True(report.Version <= highest + 1, "a version came before the one it follows");
                highest = Math.Max(highest, report.Version);
            }

            Assert.Equal(Versions, highest);
        });
    }
}
