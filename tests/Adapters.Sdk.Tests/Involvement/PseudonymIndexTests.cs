using System.Runtime.CompilerServices;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Pseudonyms;
using Keten.Adapters.Sdk.Storage;
using Keten.Contracts.Identifiers;
using Keten.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Keten.Adapters.Sdk.Tests.Involvement;

public sealed class PseudonymIndexTests : IDisposable
{
    private const string SomeBsn = "111222333";
    private const string AnotherBsn = "123456782";

    private readonly string _directory = Directory.CreateTempSubdirectory("keten-index-").FullName;
    private readonly Clients _clients = new();
    private readonly HashedPseudonyms _source = new();
    private readonly CountingPseudonyms _pseudonyms;
    private readonly ManualTime _time = new();
    private readonly AdapterStore _store;
    private readonly PseudonymIndex _index;

    public PseudonymIndexTests()
    {
        _pseudonyms = new CountingPseudonyms(_source);
        _store = OpenStore();
        _index = MakeIndex(_store);
    }

    [Fact]
    public async Task Finds_a_client_by_pseudonym_and_back()
    {
        _clients.Set("c1", SomeBsn);
        await _index.ReadAsync(CancellationToken.None);

        var pseudonym = await _index.PseudonymOfAsync("c1", CancellationToken.None);

        Assert.Equal(await _pseudonyms.OfAsync(SomeBsn), pseudonym);
        Assert.Equal("c1", await _index.FindClientAsync(pseudonym!.Value, CancellationToken.None));
    }

    [Fact]
    public async Task Evaluates_in_batches_of_a_thousand_and_only_what_is_new()
    {
        foreach (var bsn in ValidBsns().Take(2_500))
        {
            _clients.Set($"c{bsn}", bsn);
        }

        await _index.ReadAsync(CancellationToken.None);
        Assert.Equal([1_000, 1_000, 500], _pseudonyms.Batches);

        _clients.Set("new", AnotherBsn);
        await _index.ReadAsync(CancellationToken.None);
        Assert.Equal([1_000, 1_000, 500, 1], _pseudonyms.Batches);
    }

    [Fact]
    public async Task A_corrected_bsn_no_longer_answers_for_the_wrong_person()
    {
        _clients.Set("c1", SomeBsn);
        await _index.ReadAsync(CancellationToken.None);
        var wrong = await _pseudonyms.OfAsync(SomeBsn);

        _clients.Set("c1", AnotherBsn);
        Assert.Equal(await _pseudonyms.OfAsync(AnotherBsn), await _index.PseudonymOfAsync("c1", CancellationToken.None));

        Assert.Null(await _index.FindClientAsync(wrong, CancellationToken.None));
    }

    [Fact]
    public async Task A_client_that_is_gone_is_forgotten()
    {
        _clients.Set("c1", SomeBsn);
        await _index.ReadAsync(CancellationToken.None);
        _clients.Remove("c1");
        await _index.ReadAsync(CancellationToken.None);

        Assert.Null(await _index.FindClientAsync(await _pseudonyms.OfAsync(SomeBsn), CancellationToken.None));
        Assert.Null(await _index.PseudonymOfAsync("c1", CancellationToken.None));
    }

    [Fact]
    public async Task A_miss_reads_the_directory_again_but_not_every_time()
    {
        await _index.ReadAsync(CancellationToken.None);
        _clients.Set("c1", SomeBsn);
        var pseudonym = await _pseudonyms.OfAsync(SomeBsn);

        Assert.Null(await _index.FindClientAsync(pseudonym, CancellationToken.None));
        Assert.Equal(1, _clients.Reads);
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("c1", await _index.FindClientAsync(pseudonym, CancellationToken.None));
        Assert.Equal(2, _clients.Reads);
    }

    [Fact]
    public async Task Answers_from_disk_after_a_restart_without_any_evaluation()
    {
        _clients.Set("c1", SomeBsn);
        await _index.ReadAsync(CancellationToken.None);
        var pseudonym = await _pseudonyms.OfAsync(SomeBsn);
        _pseudonyms.Batches.Clear();

        using var store = OpenStore();
        using var restarted = MakeIndex(store);

        Assert.Equal("c1", await restarted.FindClientAsync(pseudonym, CancellationToken.None));
        Assert.Empty(_pseudonyms.Batches);
    }

    [Fact]
    public async Task A_client_without_a_valid_bsn_is_left_out_and_holds_up_nobody()
    {
        _clients.Set("broken", "123456789");
        _clients.Set("c1", SomeBsn);

        await _index.ReadAsync(CancellationToken.None);

        Assert.Null(await _index.PseudonymOfAsync("broken", CancellationToken.None));
        Assert.Equal("c1", await _index.FindClientAsync(await _pseudonyms.OfAsync(SomeBsn), CancellationToken.None));
    }

    [Fact]
    public async Task While_two_keys_are_in_use_a_client_is_found_under_either_and_each_is_evaluated_once()
    {
        _clients.Set("c1", SomeBsn);
        await _index.ReadAsync(CancellationToken.None);
        var old = await _pseudonyms.OfAsync(SomeBsn);

        _source.Keys = ["dev", "k2"];
        await _index.ReadAsync(CancellationToken.None);
        Assert.Equal([1, 1], _pseudonyms.Batches);
        Assert.Equal(old, await _index.PseudonymOfAsync("c1", CancellationToken.None));

        _source.Keys = ["k2", "dev"];
        var next = await _pseudonyms.OfAsync(SomeBsn);
        Assert.StartsWith("k2.", next.Value);
        Assert.Equal(next, await _index.PseudonymOfAsync("c1", CancellationToken.None));
        Assert.Equal("c1", await _index.FindClientAsync(old, CancellationToken.None));
        Assert.Equal("c1", await _index.FindClientAsync(next, CancellationToken.None));

        _source.Keys = ["k2"];
        await _index.ReadAsync(CancellationToken.None);
        Assert.Null(await _index.FindClientAsync(old, CancellationToken.None));
        Assert.Equal("c1", await _index.FindClientAsync(next, CancellationToken.None));
        Assert.Equal([1, 1], _pseudonyms.Batches);
    }

    [Fact]
    public async Task A_bsn_that_is_corrected_while_two_keys_are_in_use_answers_for_the_wrong_person_under_neither()
    {
        _source.Keys = ["dev", "k2"];
        _clients.Set("c1", SomeBsn);
        await _index.ReadAsync(CancellationToken.None);
        Pseudonym[] wrong = [(await _source.EvaluateUnderAsync("dev", [SomeBsn], default))[0], (await _source.EvaluateUnderAsync("k2", [SomeBsn], default))[0]];

        _clients.Set("c1", AnotherBsn);
        await _index.PseudonymOfAsync("c1", CancellationToken.None);

        foreach (var pseudonym in wrong)
        {
            Assert.Null(await _index.FindClientAsync(pseudonym, CancellationToken.None));
        }
    }

    [Fact]
    public async Task With_a_key_file_a_restart_evaluates_only_what_was_corrected_meanwhile()
    {
        var path = Path.Combine(_directory, "index.key");
        _clients.Set("c1", SomeBsn);
        _clients.Set("c2", AnotherBsn);
        using (var before = MakeIndex(_store, FingerprintKey.FromFile(path)))
        {
            await before.ReadAsync(CancellationToken.None);
        }

        _clients.Set("c2", ValidBsns().First());
        using var after = MakeIndex(_store, FingerprintKey.FromFile(path));
        await after.ReadAsync(CancellationToken.None);

        Assert.Equal([2, 1], _pseudonyms.Batches);
        Assert.Null(await after.FindClientAsync(await _pseudonyms.OfAsync(AnotherBsn), CancellationToken.None));
        Assert.Equal("c2", await after.FindClientAsync(await _pseudonyms.OfAsync(ValidBsns().First()), CancellationToken.None));
    }

    [Fact]
    public async Task No_bsn_is_on_disk()
    {
        _clients.Set("c1", SomeBsn);
        await _index.ReadAsync(CancellationToken.None);

        foreach (var file in Directory.GetFiles(_directory, "adapter.db*"))
        {
            var bytes = await ReadSharedAsync(file);
            Assert.True(bytes.AsSpan().IndexOf("111222333"u8) < 0, file);
        }
    }

    public void Dispose()
    {
        _index.Dispose();
        _store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static async Task<byte[]> ReadSharedAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    private static IEnumerable<string> ValidBsns()
    {
        for (var number = 200_000_000; ; number++)
        {
            var text = $"{number}";
            var sum = text.Take(8).Select((c, i) => (c - '0') * (9 - i)).Sum() - (text[8] - '0');
            if (sum % 11 == 0)
            {
                yield return text;
            }
        }
    }

    // The tables come with the exchange; take them as it registers them.
    private AdapterStore OpenStore() => AdapterStore.Open(
        Path.Combine(_directory, "adapter.db"),
        new ServiceCollection().AddInvolvementExchange(_ => { }).Where(s => s.ServiceType == typeof(AdapterSchema))
            .Select(s => (AdapterSchema)s.ImplementationInstance!));

    private PseudonymIndex MakeIndex(AdapterStore store, FingerprintKey? fingerprints = null) => new(
        store, _clients, _pseudonyms, Options.Create(new InvolvementExchangeOptions()), _time, NullLogger<PseudonymIndex>.Instance, fingerprints);

    private sealed class ManualTime : TimeProvider
    {
        private long _now = 1_000;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Increment(ref _now);

        public void Advance(TimeSpan by) => Interlocked.Add(ref _now, by.Ticks);
    }

    private sealed class CountingPseudonyms(IPseudonymSource source) : IPseudonymSource
    {
        public List<int> Batches { get; } = [];

        public IReadOnlyList<string> Keys => source.Keys;

        public Task<IReadOnlyList<Pseudonym>> EvaluateAsync(IReadOnlyList<string> bsns, CancellationToken cancellationToken) =>
            EvaluateUnderAsync(source.Keys[0], bsns, cancellationToken);

        public Task<IReadOnlyList<Pseudonym>> EvaluateUnderAsync(string keyId, IReadOnlyList<string> bsns, CancellationToken cancellationToken)
        {
            Batches.Add(bsns.Count);
            return source.EvaluateUnderAsync(keyId, bsns, cancellationToken);
        }

        // Not counted.
        public async Task<Pseudonym> OfAsync(string bsn) => (await source.EvaluateAsync([bsn], CancellationToken.None))[0];
    }

    private sealed class Clients : IClientDirectory
    {
        private readonly Dictionary<string, OwnClient> _all = [];

        public int Reads { get; private set; }

        public void Set(string id, string bsn) => _all[id] = new OwnClient(id, bsn);

        public void Remove(string id) => _all.Remove(id);

        public async IAsyncEnumerable<OwnClient> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            Reads++;
            foreach (var client in _all.Values.ToList())
            {
                yield return client;
            }

            await Task.CompletedTask;
        }

        public Task<OwnClient?> FindAsync(string clientId, CancellationToken cancellationToken) => Task.FromResult(_all.GetValueOrDefault(clientId));
    }
}
