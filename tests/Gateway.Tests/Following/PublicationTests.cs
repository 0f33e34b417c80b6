using System.Text;
using Confluent.Kafka;
using Keten.DecisionLog;
using Keten.DecisionLog.Checkpoints;
using Keten.DecisionLog.Tests;
using Keten.DecisionLog.Tree;
using Keten.Events;
using Keten.Gateway.Following;
using Keten.Gateway.Involvement;
using Keten.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Tests.Following;

/// <summary>A real log on real files, over librdkafka's own broker.</summary>
public sealed class PublicationTests : IDisposable
{
    private const int Limit = 40;

    private readonly TempLog _temp = new();
    private readonly EmbeddedBroker _broker = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string KeyPath => _temp.Directory + ".key";

    [Fact]
    public async Task Every_record_and_the_last_checkpoint_arrive_byte_for_byte_and_in_order()
    {
        await using (var running = await Running.StartAsync(this))
        {
            await running.AppendAsync(0, 300);
            await running.PublishedAsync(300);
        }

        var (records, checkpoints) = Read(Topics.Decisions);
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"{i}"), records.Select(r => Header(r, DecisionStream.IndexHeader)));
        Assert.Equal(_temp.Entries().Select(e => e.Payload.ToArray()), records.Select(r => r.Message.Value));
        Assert.Single(records.Concat(checkpoints).Select(r => (Encoding.UTF8.GetString(r.Message.Key), Header(r, DecisionStream.LogIdHeader), r.Partition)).Distinct());
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(_temp.Directory, Checkpoint.FileName), Token), checkpoints[^1].Message.Value);
        Assert.Equal("text/plain; charset=utf-8", Header(checkpoints[^1], "content-type"));
        Assert.Equal(checkpoints[^1].Message.Value, Read(Topics.Checkpoints).Checkpoints[^1].Message.Value);
    }

    [Fact]
    public async Task Nothing_is_lost_while_the_broker_is_away_and_repeats_after_a_crash_are_the_same_records()
    {
        await using (var running = await Running.StartAsync(this))
        {
            await running.AppendAsync(0, 100);
            await running.PublishedAsync(100);
            _broker.SetDown();
            await running.AppendAsync(100, 400);
            _broker.SetUp();
            await running.PublishedAsync(400);
        }

        // As after a power cut that took the position along: everything is told again.
        File.Delete(Path.Combine(_temp.Directory, "publication.follower"));
        await using (var again = await Running.StartAsync(this))
        {
            await again.PublishedAsync(400);
        }

        var entries = _temp.Entries();
        var records = Read(Topics.Decisions).Records.GroupBy(r => long.Parse(Header(r, DecisionStream.IndexHeader), System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(Enumerable.Range(0, 400).Select(i => (long)i), records.Select(r => r.Key).Order());
        Assert.All(records, repeats => Assert.All(repeats, r => Assert.Equal(entries[(int)repeats.Key].Payload.ToArray(), r.Message.Value)));
    }

    [Fact]
    public async Task Who_drops_what_came_before_by_source_and_id_loses_no_record_and_no_checkpoint()
    {
        await using (var running = await Running.StartAsync(this))
        {
            // Index 50 is that of a record, and how many records a checkpoint counts.
            await running.AppendAsync(0, 50);
            await running.PublishedAsync(50);
            await running.AppendAsync(50, 60);
            await running.PublishedAsync(60);
            var cosigned = running.Cosign("wijkteam.example/witness");
            await Within.SecondsAsync(
                Limit, () => Read(Topics.Decisions).Checkpoints.Exists(r => r.Message.Value.AsSpan().SequenceEqual(cosigned)), "the countersigned checkpoint");
        }

        var (records, checkpoints) = Read(Topics.Decisions);
        var events = records.Concat(checkpoints).GroupBy(r => (Header(r, "ce_source"), Header(r, "ce_id"))).ToList();
        Assert.All(events, same => Assert.Single(same.Select(r => Convert.ToHexString(r.Message.Value)).Distinct()));
        Assert.Equal(2, checkpoints.Where(r => Header(r, DecisionStream.IndexHeader) == "60").Select(r => Header(r, "ce_id")).Distinct().Count());
        Assert.Contains($"{Header(records[50], DecisionStream.LogIdHeader)}:{EventTypes.DecisionRecorded}:50", events.Select(e => e.Key.Item2));
    }

    [Fact]
    public async Task A_tail_that_is_cut_off_here_is_noticed_by_who_kept_the_published_checkpoint()
    {
        await using (var running = await Running.StartAsync(this))
        {
            await running.AppendAsync(0, 50);
            await running.PublishedAsync(50);
        }

        var older = Path.Combine(Path.GetDirectoryName(_temp.Directory)!, "older");
        Copy(_temp.Directory, older);
        await using (var running = await Running.StartAsync(this))
        {
            await running.AppendAsync(50, 80);
            await running.PublishedAsync(80);
        }

        var kept = Path.Combine(Path.GetDirectoryName(_temp.Directory)!, "kept");
        await File.WriteAllBytesAsync(kept, Read(Topics.Checkpoints).Checkpoints[^1].Message.Value, Token);
        var terms = new VerifyTerms { Key = NoteSigningKey.Load(KeyPath).Verifier, Checkpoint = kept };
        Assert.True(new LogVerifier(_temp.Directory, terms).Verify(Token).IsWhole);
        var finding = Assert.Single(new LogVerifier(older, terms).Verify(Token).Findings);
        Assert.Equal((LogDamage.TailCut, 50L), (finding.What, finding.Index));
    }

    public void Dispose()
    {
        _broker.Dispose();
        _temp.Dispose();
    }

    private static string Header(ConsumeResult<byte[], byte[]> result, string name) => Encoding.UTF8.GetString(result.Message.Headers.GetLastBytes(name));

    private (List<ConsumeResult<byte[], byte[]>> Records, List<ConsumeResult<byte[], byte[]>> Checkpoints) Read(string topic)
    {
        using var consumer = new KafkaClients(_broker.Options, NullLogger<KafkaClients>.Instance).CreateAssignedConsumer("test");
        var all = new List<ConsumeResult<byte[], byte[]>>();
        for (var partition = 0; partition < KafkaClients.CountPartitions(consumer.Handle, topic, TimeSpan.FromSeconds(Limit)); partition++)
        {
            var place = new TopicPartition(topic, partition);
            var end = consumer.QueryWatermarkOffsets(place, TimeSpan.FromSeconds(Limit)).High.Value;
            consumer.Assign(new TopicPartitionOffset(place, 0));
            for (var offset = 0L; offset < end;)
            {
                var result = consumer.Consume(TimeSpan.FromSeconds(Limit));
                offset = result.Offset.Value + 1;
                all.Add(result);
            }
        }

        return (all.Where(r => Header(r, "ce_type") == EventTypes.DecisionRecorded).ToList(), all.Where(r => Header(r, "ce_type") == EventTypes.CheckpointSigned).ToList());
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>What a gateway runs of this.</summary>
    private sealed class Running : IAsyncDisposable
    {
        private readonly PublicationTests _test;
        private readonly SegmentedDecisionLog _log;
        private readonly EventProducer _producer;
        private readonly CheckpointSealer _sealer;
        private readonly CheckpointPublisher _checkpoints;
        private readonly DecisionPublisher _publisher;
        private readonly DecisionLogFollower _follower;

        private Running(PublicationTests test, SegmentedDecisionLog log)
        {
            (_test, _log) = (test, log);
            NoteSigningKey.LoadOrCreate(test.KeyPath, "gateway.keten.example/decisions");
            var directory = Options.Create(new DecisionLogOptions { Directory = test._temp.Directory });
            _producer = new EventProducer(new KafkaClients(test._broker.Options, NullLogger<KafkaClients>.Instance), "gateway");
            var stream = new DecisionStream(_producer, directory, Options.Create(new InvolvementOptions()), TimeProvider.System, NullLogger<DecisionStream>.Instance);
            var checkpoints = Options.Create(new CheckpointOptions { SigningKey = test.KeyPath, CheckpointInterval = TimeSpan.FromMilliseconds(50) });
            _sealer = new CheckpointSealer(log, directory, checkpoints, TimeProvider.System, NullLogger<CheckpointSealer>.Instance);
            _checkpoints = new CheckpointPublisher(_sealer, stream);
            _publisher = new DecisionPublisher(stream);
            _follower = new DecisionLogFollower(log, directory, _publisher, TimeProvider.System, NullLogger<DecisionLogFollower>.Instance);
        }

        public static async Task<Running> StartAsync(PublicationTests test)
        {
            await test._broker.EnsureAsync([new(Topics.Decisions, 4, Compacted: false), new(Topics.Checkpoints, 1, Compacted: false)], Token);
            var running = new Running(test, await test._temp.OpenAsync());
            await running._sealer.StartAsync(Token);
            await running._checkpoints.StartAsync(Token);
            await running._follower.StartAsync(Token);
            return running;
        }

        public async Task AppendAsync(int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                await _log.AppendAsync(Some.Decision(i), Token);
            }
        }

        /// <summary>What a witness adds to the latest checkpoint.</summary>
        public byte[] Cosign(string witness)
        {
            var note = _sealer.Latest!;
            var cosigned = note.With(NoteSigningKey.Generate(witness, NoteKeyType.Witness).Sign(note.Text, TimeProvider.System.GetUtcNow()));
            _sealer.Keep(cosigned);
            return Encoding.UTF8.GetBytes(cosigned.ToString());
        }

        /// <summary>Waits until so many records are with the broker, and the checkpoint that counts them.</summary>
        public async Task PublishedAsync(int count)
        {
            await Within.SecondsAsync(Limit, () => CountFile.Read(_test._temp.Directory, "publication.follower") == count, $"{count} records published");
            await Within.SecondsAsync(
                Limit, () => _test.Read(Topics.Checkpoints).Checkpoints is [.., var last] && Encoding.UTF8.GetString(last.Message.Value).Split('\n')[1] == $"{count}",
                $"the checkpoint of {count} records");
        }

        public async ValueTask DisposeAsync()
        {
            await _follower.StopAsync(CancellationToken.None);
            await _checkpoints.StopAsync(CancellationToken.None);
            await _sealer.StopAsync(CancellationToken.None);
            _follower.Dispose();
            _checkpoints.Dispose();
            _sealer.Dispose();
            _publisher.Dispose();
            _producer.Dispose();
            await _log.DisposeAsync();
        }
    }
}
