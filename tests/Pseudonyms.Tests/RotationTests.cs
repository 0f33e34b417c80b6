using Keten.Client.Pseudonyms;
using Keten.Protocol.V1;
using Keten.TestKit;

namespace Keten.Pseudonyms.Tests;

/// <summary>A new key beside the old one, and new shares of the same key, while everything runs.</summary>
public sealed class RotationTests
{
    [Fact]
    public async Task Two_keys_live_side_by_side_until_the_old_one_is_retired()
    {
        await using var evaluators = await TheEvaluators.StartAsync();
        var source = evaluators.Source(deadline: TimeSpan.FromSeconds(5));
        var old = (await source.EvaluateAsync([Some.Bsn], default))[0];

        foreach (var evaluator in new[] { TheEvaluators.First, TheEvaluators.Second })
        {
            evaluators.Change(evaluator, keys => keys.Add("k2", TimeProvider.System.GetUtcNow()));
        }

        // Everyone learns of it first; then it is the current one; then the old one ends.
        evaluators.Publish("k1", "k2");
        Assert.Equal(["k1", "k2"], source.Keys);
        await UntilLiveAsync(evaluators, "k1", "k2");
        var next = (await source.EvaluateUnderAsync("k2", [Some.Bsn], default))[0];
        Assert.Equal(old, (await source.EvaluateAsync([Some.Bsn], default))[0]);
        Assert.StartsWith("k2.", next.Value);
        Assert.NotEqual(old.Value[3..], next.Value[3..]);

        evaluators.Publish("k2", "k1");
        Assert.Equal(next, (await source.EvaluateAsync([Some.Bsn], default))[0]);
        Assert.Equal(old, (await source.EvaluateUnderAsync("k1", [Some.Bsn], default))[0]);

        foreach (var evaluator in new[] { TheEvaluators.First, TheEvaluators.Second })
        {
            evaluators.Change(evaluator, keys => keys.Destroy("k1"));
        }

        await UntilLiveAsync(evaluators, "k2");
        Assert.Equal("PSEUDONYM_KEY_UNKNOWN", (await Assert.ThrowsAsync<PseudonymException>(() => source.EvaluateUnderAsync("k1", [Some.Bsn], default))).ReasonCode);
        evaluators.Publish("k2");
        Assert.Equal("PSEUDONYM_KEY_UNKNOWN", (await Assert.ThrowsAsync<PseudonymException>(() => source.EvaluateUnderAsync("k1", [Some.Bsn], default))).ReasonCode);
        Assert.Equal(next, (await source.EvaluateAsync([Some.Bsn], default))[0]);
    }

    [Fact]
    public async Task A_refresh_keeps_pseudonyms_and_in_between_nothing_is_derived()
    {
        await using var evaluators = await TheEvaluators.StartAsync();
        var before = (await evaluators.Source().EvaluateAsync([Some.Bsn], default))[0];
        var published = await File.ReadAllTextAsync(evaluators.KeysFile);
        var (first, second) = (evaluators.Statement(TheEvaluators.First), evaluators.Statement(TheEvaluators.Second));

        SealedRefresh? refresh = null;
        evaluators.Change(TheEvaluators.First, keys => refresh = SealedRefresh.Begin(keys, "k1", second));
        evaluators.Change(TheEvaluators.Second, keys => refresh!.Accept(keys, first));
        Assert.Equal(before, (await evaluators.Source().EvaluateAsync([Some.Bsn], default))[0]);

        evaluators.Change(TheEvaluators.First, keys => SealedRefresh.Activate(keys, "k1"));
        await UntilEpochAsync(evaluators, TheEvaluators.First, 1);
        var mixed = await Assert.ThrowsAsync<PseudonymException>(() => evaluators.Source(deadline: TimeSpan.FromSeconds(1)).EvaluateAsync([Some.Bsn], default));
        Assert.Equal("EVALUATOR_SHARES_DO_NOT_FIT", mixed.ReasonCode);
        Assert.Contains("epochs 1 and 0", mixed.Message);
        Assert.True(mixed.IsTransient);

        // Who asks meanwhile waits until the second follows.
        var waiting = evaluators.Source().EvaluateAsync([Some.Bsn], default);
        evaluators.Change(TheEvaluators.Second, keys => SealedRefresh.Activate(keys, "k1"));
        Assert.Equal(before, (await waiting)[0]);
        Assert.Equal(published, await File.ReadAllTextAsync(evaluators.KeysFile));
        Assert.NotEqual(first.Share("k1").PublicKey, evaluators.Statement(TheEvaluators.First).Share("k1").PublicKey);
        Assert.Equal(
            PublicStatement.Combine([first, second])[0].PublicKey,
            PublicStatement.Combine([evaluators.Statement(TheEvaluators.First), evaluators.Statement(TheEvaluators.Second)])[0].PublicKey);
    }

    [Fact]
    public async Task A_broken_key_file_changes_nothing_while_running_and_stops_a_start()
    {
        await using var evaluators = await TheEvaluators.StartAsync();
        var before = (await evaluators.Source().EvaluateAsync([Some.Bsn], default))[0];
        await File.WriteAllTextAsync(evaluators.KeyFile(TheEvaluators.First), "{}");
        await Within.SecondsAsync(10, () => evaluators.Log.Lines.Any(l => l.Event.Id == 8712), "the broken file to be told");
        Assert.Equal(before, (await evaluators.Source().EvaluateAsync([Some.Bsn], default))[0]);

        await evaluators.StopAsync(TheEvaluators.First);
        Assert.Contains("no key file", (await Assert.ThrowsAsync<KeyFileException>(() => evaluators.StartAsync(TheEvaluators.First))).Message);
    }

    [Fact]
    public async Task A_broken_file_of_the_federations_keys_leaves_the_last_good_one()
    {
        await using var evaluators = await TheEvaluators.StartAsync();
        var source = evaluators.Source();
        var before = (await source.EvaluateAsync([Some.Bsn], default))[0];
        await File.WriteAllTextAsync(evaluators.KeysFile, """{"scope":"x","keys":[]}""");
        Assert.Equal(before, (await source.EvaluateAsync([Some.Bsn], default))[0]);
        Assert.Contains(evaluators.Log.Lines, l => l.Event.Id == 8752);
        Assert.Equal("PSEUDONYM_KEYS_UNUSABLE", Assert.Throws<PseudonymException>(() => evaluators.Source()).ReasonCode);
    }

    private static Task UntilLiveAsync(TheEvaluators evaluators, params string[] keyIds) => Within.SecondsAsync(10, async () =>
    {
        foreach (var evaluator in new[] { TheEvaluators.First, TheEvaluators.Second })
        {
            if (!(await evaluators.Client(evaluator: evaluator).GetKeysAsync(new GetKeysRequest())).Keys.Select(k => k.KeyId).SequenceEqual(keyIds))
            {
                return false;
            }
        }

        return true;
    }, "both evaluators to follow their key files");

    private static Task UntilEpochAsync(TheEvaluators evaluators, int evaluator, int epoch) => Within.SecondsAsync(
        10, async () => (await evaluators.Client(evaluator: evaluator).GetKeysAsync(new GetKeysRequest())).Keys[0].Epoch == epoch, "the evaluator to follow its key file");
}
