using Keten.Adapters.Sdk.Storage;
using Keten.Adapters.Sdk.Witness;
using Keten.DecisionLog.Checkpoints;
using Keten.DecisionLog.Tree;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Keten.Adapters.Sdk.Tests.Witness;

/// <summary>The rules of c2sp.org/tlog-witness, on a real database.</summary>
public sealed class CheckpointWitnessTests : IDisposable
{
    private const string Origin = "gateway.keten.example/decisions";

    private readonly string _database = Path.Combine(Directory.CreateTempSubdirectory("keten-witness-").FullName, "adapter.db");
    private readonly NoteSigningKey _log = NoteSigningKey.Generate(Origin);
    private readonly NoteSigningKey _key = NoteSigningKey.Generate("wijkteam.example/witness", NoteKeyType.Witness);
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
    private readonly TreeHash[] _leaves = [.. Enumerable.Range(0, 8).Select(i => TreeHash.Leaf([(byte)i]))];
    private AdapterStore _store;
    private CheckpointWitness _witness;

    public CheckpointWitnessTests() => (_store, _witness) = Open();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signs_the_first_checkpoint_and_each_that_continues_it()
    {
        Signed(await AskAsync(old: 0, size: 2), size: 2);
        Signed(await AskAsync(old: 2, size: 4, TreeHash.Node(_leaves[2], _leaves[3])), size: 4);

        // The same again is no news, and no harm.
        _time.Advance(TimeSpan.FromSeconds(5));
        Signed(await AskAsync(old: 4, size: 4), size: 4);
    }

    [Fact]
    public async Task Says_how_far_it_has_come_when_asked_from_elsewhere()
    {
        await AskAsync(old: 0, size: 2);
        Assert.Equal(new WitnessAnswer(409, "2\n", "text/x.tlog.size"), await AskAsync(old: 0, size: 4));
        Assert.Equal(new WitnessAnswer(409, "2\n", "text/x.tlog.size"), await AskAsync(old: 1, size: 4));
    }

    [Fact]
    public async Task Remembers_across_a_restart_what_it_signed()
    {
        await AskAsync(old: 0, size: 4);
        _store.Dispose();
        (_store, _witness) = Open();
        Assert.Equal(409, (await AskAsync(old: 0, size: 2)).Status);
        Signed(await AskAsync(old: 4, size: 4), size: 4);
    }

    [Fact]
    public async Task Signs_no_second_history_and_keeps_what_shows_it()
    {
        await AskAsync(old: 0, size: 2);
        var other = TreeHash.Leaf([99]);
        Assert.Equal(422, (await AskAsync(old: 2, new Checkpoint(Origin, 4, other).Sign(_log), other)).Status);
        Assert.Equal(409, (await AskAsync(old: 2, new Checkpoint(Origin, 2, other).Sign(_log))).Status);

        using var connection = _store.OpenConnection();
        Assert.Equal([4L, 2L], connection.Query("SELECT size FROM witness_conflict ORDER BY id", row => row.GetInt64(0)));
        Signed(await AskAsync(old: 2, size: 4, TreeHash.Node(_leaves[2], _leaves[3])), size: 4);
    }

    [Fact]
    public async Task Refuses_strangers_and_nonsense_each_with_its_own_code()
    {
        var stranger = NoteSigningKey.Generate(Origin);
        Assert.Equal(403, (await AskAsync(0, new Checkpoint(Origin, 2, Root(2)).Sign(stranger))).Status);
        Assert.Equal(404, (await AskAsync(0, new Checkpoint("other.example", 2, Root(2)).Sign(_log))).Status);
        Assert.Equal(400, (await AskAsync(3, new Checkpoint(Origin, 2, Root(2)).Sign(_log))).Status);
        Assert.Equal(422, (await AskAsync(0, new Checkpoint(Origin, 2, Root(2)).Sign(_log), Root(1))).Status);
        Assert.Equal(400, (await _witness.AddAsync("old 00\n\n" + new Checkpoint(Origin, 2, Root(2)).Sign(_log), Token)).Status);
        Assert.Equal(400, (await _witness.AddAsync("", Token)).Status);
        Assert.Equal(400, (await _witness.AddAsync("old 0\n\n" + new SignedNote("no checkpoint\n", [_log.Sign("no checkpoint\n")]), Token)).Status);
    }

    [Fact]
    public async Task Of_many_that_ask_at_once_all_end_with_one_history()
    {
        var answers = await Task.WhenAll(Enumerable.Range(1, 8).Select(size => AskAsync(old: 0, size)));
        Assert.Single(answers, answer => answer.Status == 200);
        Assert.Equal(7, answers.Count(answer => answer.Status == 409));
    }

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(Path.GetDirectoryName(_database)!, recursive: true);
    }

    private (AdapterStore, CheckpointWitness) Open()
    {
        var store = AdapterStore.Open(_database, [CheckpointWitness.Schema]);
        return (store, new CheckpointWitness(store, _key, [_log.Verifier], _time, NullLogger<CheckpointWitness>.Instance));
    }

    private Task<WitnessAnswer> AskAsync(long old, int size, params TreeHash[] proof) => AskAsync(old, new Checkpoint(Origin, size, Root(size)).Sign(_log), proof);

    private Task<WitnessAnswer> AskAsync(long old, SignedNote note, params TreeHash[] proof) => _witness.AddAsync(new AddCheckpointRequest(old, proof, note).ToString(), Token);

    private void Signed(WitnessAnswer answer, int size)
    {
        Assert.Equal(200, answer.Status);
        Assert.True(SignedNote.TryParseLines(answer.Body, out var lines));
        Assert.Equal(NoteVerdict.Signed, new SignedNote(new Checkpoint(Origin, size, Root(size)).Text, lines).JudgedBy(_key.Verifier));
        Assert.Equal(_time.GetUtcNow(), NoteVerifierKey.TimeOf(lines[0]));
    }

    private TreeHash Root(int size) => Root(_leaves.AsSpan(0, size));

    private static TreeHash Root(ReadOnlySpan<TreeHash> leaves)
    {
        if (leaves.Length == 1)
        {
            return leaves[0];
        }

        var half = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)leaves.Length) / 2;
        return TreeHash.Node(Root(leaves[..half]), Root(leaves[half..]));
    }
}
