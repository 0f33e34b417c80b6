using System.Text.Json;
using Keten.Client.Pseudonyms;
using Keten.Contracts.Identifiers;
using Keten.Oprf;
using Keten.Pseudonyms.Budgets;
using Keten.TestKit;
using Keten.TestKit.Pki;

namespace Keten.Pseudonyms.Tests;

/// <summary>Two real hosts, real mTLS, the real client.</summary>
public sealed class EvaluationTests
{
    [Fact]
    public async Task Two_evaluators_give_everyone_the_same_pseudonym_of_a_person()
    {
        await using var evaluators = await TheEvaluators.StartAsync();
        evaluators.Federation.Register(
            TestFederation.Participant(TestFederation.OinOf(TheEvaluators.Wijkteam)), TestFederation.Participant(TestFederation.OinOf(7), "ggd"));
        var ours = await evaluators.Source().EvaluateAsync([Some.Bsn, Some.OtherBsn], default);
        IReadOnlyList<Pseudonym> theirs = [];
        var source = evaluators.Source(7);
        await Within.SecondsAsync(10, async () =>
        {
            try
            {
                theirs = await source.EvaluateAsync([Some.OtherBsn, Some.Bsn], default);
                return true;
            }
            catch (PseudonymException refused) when (refused.ReasonCode == "PARTICIPANT_UNKNOWN")
            {
                return false;
            }
        }, "the evaluators to follow the registry");

        Assert.Equal(ours, theirs.Reverse());
        Assert.NotEqual(ours[0], ours[1]);
        Assert.All(ours, p => Assert.StartsWith("k1.", p.Value));
    }

    [Fact]
    public async Task The_pseudonym_is_what_the_whole_key_would_give()
    {
        await using var evaluators = await TheEvaluators.StartAsync();
        using var first = EvaluatorKeyFile.Load(evaluators.KeyFile(TheEvaluators.First));
        using var second = EvaluatorKeyFile.Load(evaluators.KeyFile(TheEvaluators.Second));
        using var whole = first.Live("k1").Key!.Shift(second.Live("k1").Key!, subtract: false);
        var input = PseudonymInput.Derive(Some.Bsn, FederationKeys.InvolvementScope);
        var expected = OprfSuite.Finalize(input, whole.Evaluate([OprfSuite.Verifiable.HashToGroup(input)])[0]);

        Assert.Equal(Pseudonym.Create("k1", expected), (await evaluators.Source().EvaluateAsync([Some.Bsn], default))[0]);
    }

    [Fact]
    public async Task A_thousand_at_once_come_back_in_order_and_are_on_both_records_without_a_trace_of_whom()
    {
        await using var evaluators = await TheEvaluators.StartAsync();
        string[] bsns = [.. Some.Bsns().Take(1_000)];
        var source = evaluators.Source(deadline: TimeSpan.FromMinutes(2));
        var all = await source.EvaluateAsync(bsns, default);

        Assert.Equal(1_000, all.Distinct().Count());
        Assert.Equal(all[997], (await source.EvaluateAsync([bsns[997]], default))[0]);
        foreach (var evaluator in new[] { TheEvaluators.First, TheEvaluators.Second })
        {
            var lines = LedgerFile.Read(evaluators.LogDirectory(evaluator), LedgerFile.Day(TimeProvider.System.GetUtcNow()));
            Assert.Equal([1_000, 1], lines.Select(l => l.Count));
            Assert.All(lines, l => Assert.Equal((TestFederation.OinOf(TheEvaluators.Wijkteam).Value, "k1"), (l.Participant, l.Key)));
            var text = await File.ReadAllTextAsync(LedgerFile.Path(evaluators.LogDirectory(evaluator), LedgerFile.Day(TimeProvider.System.GetUtcNow())));
            using var line = JsonDocument.Parse(text.Split('\n')[0]);
            Assert.Equal(["time", "participant", "key", "count"], line.RootElement.EnumerateObject().Select(p => p.Name));
        }
    }

    [Theory]
    [InlineData("111222334")]
    [InlineData("000000000")]
    [InlineData("11122233")]
    [InlineData("11122233x")]
    public async Task A_number_that_fails_the_elfproef_never_leaves_and_is_in_no_message(string number)
    {
        await using var evaluators = await TheEvaluators.StartAsync();
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => evaluators.Source().EvaluateAsync([Some.Bsn, number], default));

        Assert.DoesNotContain(number, failure.ToString());
        Assert.Empty(LedgerFile.Read(evaluators.LogDirectory(TheEvaluators.First), LedgerFile.Day(TimeProvider.System.GetUtcNow())));
        await Assert.ThrowsAsync<ArgumentException>(() => evaluators.Source().EvaluateAsync([.. Enumerable.Repeat(Some.Bsn, 1_001)], default));
        Assert.Empty(await evaluators.Source().EvaluateAsync([], default));
    }

    [Fact]
    public async Task An_evaluator_that_is_down_is_waited_for_and_named_when_it_stays_away()
    {
        await using var evaluators = await TheEvaluators.StartAsync();
        var source = evaluators.Source(deadline: TimeSpan.FromSeconds(2));
        await evaluators.StopAsync(TheEvaluators.Second);

        var failure = await Assert.ThrowsAsync<PseudonymException>(() => source.EvaluateAsync([Some.Bsn], default));
        Assert.True(failure.ReasonCode is "EVALUATOR_NOT_REACHABLE" or "DEADLINE_PASSED", failure.ReasonCode);
        Assert.True(failure.IsTransient);
        Assert.Contains(TestFederation.OinOf(TheEvaluators.Second).Value, failure.Message);
        Assert.DoesNotContain(Some.Bsn, failure.ToString());
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_let_go()
    {
        await using var evaluators = await TheEvaluators.StartAsync();
        var source = evaluators.Source();
        await evaluators.StopAsync(TheEvaluators.Second);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => source.EvaluateAsync([Some.Bsn], cancel.Token));
    }

    [Fact]
    public async Task One_evaluator_alone_must_be_allowed_for_development_and_says_so()
    {
        await using var evaluators = await TheEvaluators.StartAsync();
        evaluators.Publish([TheEvaluators.First], "k1");
        Assert.StartsWith("k1.", (await evaluators.Source(single: true).EvaluateAsync([Some.Bsn], default))[0].Value);
        Assert.Contains(evaluators.Log.Lines, l => l.Event.Id == 8753);

        var options = new PseudonymSourceOptions { KeysFile = evaluators.KeysFile, Evaluators = [new() { Address = evaluators.Address(TheEvaluators.First), Oin = TestFederation.OinOf(TheEvaluators.First).Value }] };
        Assert.Contains("AllowSingleEvaluator", Assert.Single(options.Validate("Adapter:Pseudonyms")));
    }

    [Fact]
    public void Faults_of_the_options_are_told_together()
    {
        var options = new PseudonymSourceOptions
        {
            Evaluators = [new() { Address = new Uri("http://a"), Oin = "1" }, new() { Oin = "1" }], KeysFile = "nowhere.json", Deadline = TimeSpan.Zero,
        };
        Assert.Equal(7, options.Validate("Adapter:Pseudonyms").Count);
    }

    [Fact]
    public async Task Neither_logs_nor_errors_hold_a_number_or_a_pseudonym()
    {
        await using var evaluators = await TheEvaluators.StartAsync();
        var pseudonym = (await evaluators.Source().EvaluateAsync([Some.Bsn], default))[0];
        Assert.All(evaluators.Log.Lines, l =>
        {
            Assert.DoesNotContain(Some.Bsn, l.Text);
            Assert.DoesNotContain(pseudonym.Value[3..], l.Text);
        });
    }
}
