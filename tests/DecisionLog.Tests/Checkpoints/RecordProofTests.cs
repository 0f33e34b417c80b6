using Keten.DecisionLog.Checkpoints;
using Keten.DecisionLog.Tests.Tree;

namespace Keten.DecisionLog.Tests.Checkpoints;

public sealed class RecordProofTests
{
    [Fact]
    public async Task Every_record_is_proved_and_read_back_from_the_proof_alone()
    {
        using var log = new SealedLog();
        await log.WriteAsync(300, sealEach: 70);
        foreach (var entry in log.Entries())
        {
            Assert.True(RecordProof.TryParse(RecordProof.Make(log.Directory, entry).ToString(), out var proof));
            Assert.Null(proof.FaultBy(log.Key.Verifier));
            Assert.Equal((entry.Index, entry.Record), (proof.Index, proof.Read(log.Directory)));
            Assert.False(proof.Read().Sealed.IsEmpty);
            Assert.Empty(proof.Read().Decision.Subject);
        }
    }

    [Fact]
    public async Task A_proof_with_any_character_changed_does_not_hold()
    {
        using var log = new SealedLog();
        await log.WriteAsync(40);
        var text = RecordProof.Make(log.Directory, log.Entries()[17]).ToString();
        for (var i = 0; i < text.Length; i++)
        {
            var changed = text[..i] + (char)(text[i] ^ 1) + text[(i + 1)..];
            Assert.True(!RecordProof.TryParse(changed, out var proof) || proof.FaultBy(log.Key.Verifier) is not null, $"character {i}: {text[i]}");
        }
    }

    [Fact]
    public async Task Another_key_vouches_for_nothing_and_what_is_not_sealed_is_not_proved()
    {
        using var log = new SealedLog();
        await log.WriteAsync(10);
        var proof = RecordProof.Make(log.Directory, log.Entries()[3]);
        Assert.Contains("not signed", proof.FaultBy(NoteSigningKey.Generate(log.Key.Verifier.Name).Verifier), StringComparison.Ordinal);
        Assert.Contains("is of", proof.FaultBy(NoteSigningKey.Generate("other.example").Verifier), StringComparison.Ordinal);

        var later = log.Entries()[9] with { Index = 10 };
        Assert.Contains("not under a checkpoint yet", Assert.Throws<IOException>(() => RecordProof.Make(log.Directory, later)).Message, StringComparison.Ordinal);
    }
}
