using Keten.DecisionLog;
using Keten.DecisionLog.Checkpoints;
using Keten.DecisionLog.Tree;
using Keten.TestKit;

namespace Keten.EndToEnd;

/// <summary>The log of a running federation, as a security officer finds it.</summary>
public sealed class DecisionLogTreeTests(RunningFederation running)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Is_whole_under_a_checkpoint_that_a_participant_has_countersigned()
    {
        var terms = new VerifyTerms
        {
            Key = NoteVerifierKey.Parse(running.Federation.LogKey), Witnesses = [NoteVerifierKey.Parse(running.Federation.WitnessKey)],
        };
        VerifyReport? report = null;
        await Within.SecondsAsync(
            30, () => (report = new LogVerifier(running.Federation.DecisionLogDirectory, terms).Verify(Token)) is { IsWhole: true, Sealed: > 0 },
            "a log that is whole and witnessed");
        Assert.True(report!.Records > 0);
    }

    [Fact]
    public async Task Proves_a_decision_to_who_has_nothing_but_the_public_key()
    {
        var directory = running.Federation.DecisionLogDirectory;
        await Within.SecondsAsync(30, () => File.Exists(Path.Combine(directory, Checkpoint.FileName)), "the first checkpoint");
        var proof = RecordProof.Make(directory, DecisionLogReader.ReadEntries(directory).First());

        Assert.True(RecordProof.TryParse(proof.ToString(), out var read));
        Assert.Null(read.FaultBy(NoteVerifierKey.Parse(running.Federation.LogKey)));
    }
}
