using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.Gateway.Involvement;
using Keten.Gateway.Involvement.Delivery;
using Keten.Gateway.Involvement.Matching;
using Keten.Gateway.Involvement.View;
using Keten.Identity;
using Keten.Policy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;

namespace Keten.Bench.Events;

/// <summary>The gateway's view and matcher at full size, in this process: what a replica does with the records of the topic.</summary>
internal static class ViewBench
{
    private const int Batch = 10_000;

    /// <summary>Rebuilds the view: parsing and taking in, without fetching from the broker.</summary>
    public static RebuildReport Rebuild(int involvements)
    {
        var table = new InvolvementTable(new Vocabulary());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (watch, processor, size) = (new Stopwatch(), TimeSpan.Zero, 0L);
        for (var first = 0; first < involvements; first += Batch)
        {
            // Two in five persons have more than one.
            var records = Enumerable.Range(first, Math.Min(Batch, involvements - first)).Select(i => GeneratedInvolvements.Record(i, i % Math.Max(1, involvements / 5 * 2), i)).ToList();
            var used = Environment.CpuUsage.TotalTime;
            watch.Start();
            records.ForEach(record => Step.Take(table, record, describe: false));
            watch.Stop();
            processor += Environment.CpuUsage.TotalTime - used;
            size += records.Sum(record => record.Message.Value.Length);
        }

        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        return new RebuildReport
        {
            Involvements = table.Count, Seconds = Math.Round(watch.Elapsed.TotalSeconds, 2), ProcessorSeconds = Math.Round(processor.TotalSeconds, 2),
            BytesEach = Math.Round(bytes / (double)table.Count, 1), BytesEachInKafka = size / table.Count,
        };
    }

    /// <summary>Matches pairs, each told in both directions to a broker in this process.</summary>
    public static async Task<MatcherReport> MatchAsync(int events, CancellationToken cancellationToken)
    {
        await using var broker = new EmbeddedBroker();
        await broker.EnsureAsync(TopicLayout.For([GeneratedInvolvements.OrganisationOf(0), GeneratedInvolvements.OrganisationOf(1)]), cancellationToken);
        var services = new ServiceCollection().AddLogging();
        services.AddInvolvement(o => o.Events = broker.Options);
        services.AddSingleton<IPolicyEngine>(new EverybodyMayKnow()).AddSingleton<IParticipantRegistry>(new Everybody());
        await using var provider = services.BuildServiceProvider();
        var (handler, mailboxes) = (provider.GetRequiredService<StepHandler>(), provider.GetRequiredService<Mailboxes>());
        using var consumer = provider.GetRequiredService<KafkaClients>().CreateConsumer("bench", "bench");
        consumer.Assign(new Confluent.Kafka.TopicPartition(Topics.InvolvementByPerson, 0));
        var marks = new Marks(consumer, NullLogger.Instance);
        var table = provider.GetRequiredService<InvolvementView>().Table;
        var records = Enumerable.Range(0, events).Select(i => GeneratedInvolvements.Record(i, i / 2, i % 2)).ToList();

        var (watch, used) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        foreach (var record in records)
        {
            await handler.HandleAsync(Step.Take(table, record, describe: true), marks, cancellationToken);
        }

        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (marks.Unfinished > 0)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
        }

        watch.Stop();
        var processor = Environment.CpuUsage.TotalTime - used;
        await mailboxes.StopAsync(cancellationToken);
        return new MatcherReport
        {
            Events = events, PerSecond = Math.Round(events / watch.Elapsed.TotalSeconds), PerProcessorSecond = Math.Round(events / processor.TotalSeconds),
        };
    }

    private sealed class EverybodyMayKnow : IPolicyEngine
    {
        public string Revision => "bench";

        public ValueTask<PolicyDecision> DecideAsync(PolicyInput input, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<InvolvementVisibility> VisibilityAsync(
            string viewerType, string holderType, string purpose, bool shielded, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new InvolvementVisibility("full", ["organisation", "organisation_type", "contact_professional", "contact_phone", "started_on", "case_lead"]));
    }

    private sealed class Everybody : IParticipantRegistry
    {
        public IReadOnlyCollection<Participant> All => [];

        public bool TryGet(Oin oin, [MaybeNullWhen(false)] out Participant participant)
        {
            participant = new Participant { Oin = oin, Name = "x", OrganisationType = "wijkteam", Status = "active" };
            return true;
        }

        public IChangeToken GetReloadToken() => new CancellationChangeToken(default);
    }
}
