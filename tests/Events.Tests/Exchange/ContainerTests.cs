using System.Diagnostics.CodeAnalysis;
using Testcontainers.Kafka;

namespace Keten.Events.Tests.Exchange;

/// <summary>
/// The same flow on a Kafka broker in a container, where a Docker engine runs. All other tests run on a broker of your own as well:
/// <c>KAFKA_BOOTSTRAP=host:9092 dotnet run --project tests/Events.Tests</c>.
/// </summary>
public sealed class ContainerTests
{
    private const string Image = "apache/kafka:4.1.0";

    [Fact]
    public async Task Two_organisations_hear_of_each_other_over_a_real_broker()
    {
        var container = await StartAsync();
        await using (container)
        {
            await using var exchange = await TheExchange.StartAsync(
                new EventsOptions { BootstrapServers = container.GetBootstrapAddress(), AllowPlaintext = true }, ["wijkteam", "veilig-thuis"]);
            using var atWijkteam = exchange["wijkteam"].Listen();
            using var atVeiligThuis = exchange["veilig-thuis"].Listen();

            await exchange["wijkteam"].ReportAsync();
            await exchange["veilig-thuis"].ReportAsync();

            Assert.Equal(exchange["veilig-thuis"].Oin.Value, (await atWijkteam.MatchAsync()).AboutOin);
            Assert.Equal(exchange["wijkteam"].Oin.Value, (await atVeiligThuis.MatchAsync()).AboutOin);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever keeps a container from starting is a reason to skip, and is in the skip's text.")]
    private static async Task<KafkaContainer> StartAsync()
    {
        try
        {
            var container = new KafkaBuilder(Image).Build();
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            await container.StartAsync(limit.Token);
            return container;
        }
        catch (Exception failure)
        {
            Assert.Skip($"No Docker engine answers here, or it has no image {Image}: {failure.GetType().Name}, {failure.Message.ReplaceLineEndings(" ")}");
            throw;
        }
    }
}
