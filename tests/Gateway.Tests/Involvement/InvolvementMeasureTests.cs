using System.Diagnostics;
using Confluent.Kafka;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.Gateway.Involvement;
using Keten.Gateway.Involvement.Delivery;
using Keten.Gateway.Involvement.Matching;
using Keten.Gateway.Involvement.View;
using Keten.Gateway.Tests.DecisionLog;
using Keten.Identity;
using Keten.Policy;
using Keten.Protocol.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.Gateway.Tests.Involvement;

/// <summary>The numbers of the matcher at full size. Run with <c>-explicit on -class '*InvolvementMeasureTests'</c>.</summary>
[Collection(nameof(Measuring))]
public sealed class InvolvementMeasureTests
{
    private const int Million = 1_000_000;
    private const int Organisations = 2_000;
    private const int Professionals = 40_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Explicit = true)]
    [InlineData(Million / 5 * 2, true)]
    [InlineData(Million, true)]
    [InlineData(Million / 5 * 2, false)]
    public void A_million_involvements_are_rebuilt_in_ten_seconds_and_150_bytes_each(int persons, bool withUuids)
    {
        const int Batch = 10_000;
        var table = new InvolvementTable(new Vocabulary());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (watch, cpu, size) = (new Stopwatch(), TimeSpan.Zero, 0L);
        for (var first = 0; first < Million; first += Batch)
        {
            // As Kafka hands them over: bytes.
            var records = Enumerable.Range(first, Batch).Select(i => Record(Authorised(i, i % persons, withUuids), i)).ToList();
            var used = Environment.CpuUsage.TotalTime;
            watch.Start();
            foreach (var record in records)
            {
                Step.Take(table, record, describe: false);
            }

            watch.Stop();
            cpu += Environment.CpuUsage.TotalTime - used;
            size += records.Sum(r => r.Message.Value.Length);
        }

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Million;
        var ask = Stopwatch.StartNew();
        var involved = 0;
        for (var i = 0; i < Million; i++)
        {
            involved += table.IsInvolved(OrganisationOf(i), The.SomePerson(i % persons), The.Purpose, invitationsOnly: false) ? 1 : 0;
        }

        ask.Stop();
        var due = Stopwatch.StartNew();
        var nothing = table.ReadDue(PackedDay.Of(The.Now)).Count();
        Write($"{persons} persons, uuids {withUuids}: {each:F1} bytes each ({size / Million} in Kafka), rebuilt in {watch.Elapsed.TotalSeconds:F1} s ({cpu.TotalSeconds:F1} s of processor), "
            + $"asked in {ask.Elapsed.TotalNanoseconds / Million:F0} ns with making the pseudonym, looked for due in {due.Elapsed.TotalMicroseconds:F0} µs");
        Assert.Equal((Million, Million, 0), (table.Count, involved, nothing));
        Assert.True(each < 150, $"{each:F1} bytes each");

        // Processor time: the machine may have more to do than this.
        Assert.True(cpu < TimeSpan.FromSeconds(10), $"{cpu}");
    }

    [Fact(Explicit = true)]
    public async Task Twenty_thousand_events_a_second_are_matched_and_told()
    {
        const int Events = 200_000;
        await using var broker = new EmbeddedBroker();
        Oin[] organisations = [OrganisationOf(0), OrganisationOf(1)];
        await broker.EnsureAsync(TopicLayout.For(organisations), Token);
        var services = new ServiceCollection().AddLogging();
        services.AddInvolvement(o => o.Events = broker.Options);
        services.AddSingleton<IPolicyEngine>(new EverybodyMayKnow()).AddSingleton<IParticipantRegistry>(new Everybody());
        await using var provider = services.BuildServiceProvider();
        var (handler, mailboxes) = (provider.GetRequiredService<StepHandler>(), provider.GetRequiredService<Mailboxes>());
        using var consumer = provider.GetRequiredService<KafkaClients>().CreateConsumer("measure", "measure");
        consumer.Assign(new TopicPartition(Topics.InvolvementByPerson, 0));
        var marks = new Marks(consumer, NullLogger.Instance);
        var table = provider.GetRequiredService<InvolvementView>().Table;
        var records = Enumerable.Range(0, Events).Select(i => Record(Authorised(i, i / 2, withUuids: true, organisation: i % 2), i)).ToList();

        var (watch, used) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        foreach (var record in records)
        {
            await handler.HandleAsync(Step.Take(table, record, describe: true), marks, Token);
        }

        await TestKit.Within.SecondsAsync(60, () => marks.Unfinished == 0);
        watch.Stop();
        await mailboxes.StopAsync(Token);

        var cpu = Environment.CpuUsage.TotalTime - used;
        var rate = Events / (cpu.TotalSeconds / 2);
        Write($"{rate:F0} events/s on two processors of which it has all ({Events / watch.Elapsed.TotalSeconds:F0} on this machine now), "
            + "each second one a match in both directions, told to the broker, which runs in this process too");
        Assert.True(rate >= 20_000, $"{rate:F0} events/s");
    }

    private static AuthorisedInvolvement Authorised(int number, int person, bool withUuids, int? organisation = null)
    {
        var oin = OrganisationOf(organisation ?? number);
        var id = withUuids ? Guid.CreateVersion7(The.Now.AddMilliseconds(number)).ToString("D") : $"zaak-{number}";
        return new AuthorisedInvolvement
        {
            Oin = oin.Value,
            OrganisationType = "wijkteam",
            DecisionId = UuidV7.Create(The.Now.AddMilliseconds(number)),
            Obligations = { "confirm-involvement-180d", "log-disclosure", "no-onward-sharing-outside-case" },
            AuthorisedAt = The.Now.AddDays(-number % 150).ToTimestamp(),
            ActiveSince = The.Now.ToTimestamp(),
            AgeLimitOn = "2035-04-01",
            Event = new InvolvementChanged
            {
                Change = Change.Started,
                InvolvementId = id,
                Version = 1 + (number % 7),
                Subject = The.SomePerson(person).Value,
                Purpose = The.Purpose,
                Actor = $"p{number % Professionals}",
                ActorRole = "onderzoeker",
                AssertedFacts = ByteString.CopyFromUtf8("""{"subject_age":9,"subject_informed":true,"risk_assessed":true}"""),
                OccurredAt = The.Now.ToTimestamp(),
                Involvement = new()
                {
                    InvolvementId = id,
                    Organisation = $"Organisatie {oin.Value}",
                    OrganisationType = "wijkteam",
                    ContactProfessional = $"Medewerker {number % Professionals}",
                    ContactDesk = $"Meldpunt {oin.Value}",
                    ContactPhone = "010-1234567",
                    ContactEmail = $"meldpunt@{oin.Value}.example",
                    StartedOn = "2025-11-23",
                    Status = "active",
                    CaseLead = number % 5 == 0,
                },
            },
        };
    }

    private static ConsumeResult<byte[], byte[]> Record(AuthorisedInvolvement authorised, int offset) => new()
    {
        Topic = Topics.InvolvementByPerson,
        Partition = 0,
        Offset = offset,
        Message = new Message<byte[], byte[]> { Value = authorised.ToByteArray(), Timestamp = new Confluent.Kafka.Timestamp(The.Now) },
    };

    private static Oin OrganisationOf(int number) => Oin.Parse($"{number % Organisations:D20}");

    private static void Write(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

    private sealed class EverybodyMayKnow : IPolicyEngine
    {
        public string Revision => "r1";

        public ValueTask<PolicyDecision> DecideAsync(PolicyInput input, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<InvolvementVisibility> VisibilityAsync(
            string viewerType, string holderType, string purpose, bool shielded, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new InvolvementVisibility("full", ["organisation", "organisation_type", "contact_professional", "contact_phone", "started_on", "case_lead"]));
    }

    private sealed class Everybody : IParticipantRegistry
    {
        public IReadOnlyCollection<Participant> All => [];

        public bool TryGet(Oin oin, out Participant participant)
        {
            participant = new Participant { Oin = oin, Name = "x", OrganisationType = "wijkteam", Status = "active" };
            return true;
        }

        public Microsoft.Extensions.Primitives.IChangeToken GetReloadToken() => new Microsoft.Extensions.Primitives.CancellationChangeToken(default);
    }
}
