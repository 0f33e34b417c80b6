using System.Text;
using Keten.DecisionLog.Checkpoints;
using Keten.DecisionLog.Tree;

namespace Keten.DecisionLog.Tests.Checkpoints;

/// <summary>Against the vectors of golang.org/x/mod/sumdb/note and the examples of c2sp.org.</summary>
public sealed class SignedNoteTests
{
    private const string Public = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    private const string Private = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    private const string Enoch = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
    private const string Text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    private const string PeterLine = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    private const string EnochLine = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

    [Fact]
    public void Signs_the_known_note_byte_for_byte()
    {
        Assert.True(NoteSigningKey.TryParse(Private, out var key));
        Assert.Equal(Text + "\n" + PeterLine, new SignedNote(Text, [key.Sign(Text)]).ToString());
        Assert.Equal(Public, key.Verifier.ToString());
        Assert.Equal(Private, key.PrivateText());
    }

    [Fact]
    public void Judges_by_the_keys_it_knows_and_by_no_other()
    {
        Assert.True(SignedNote.TryParse(Text + "\n" + PeterLine + EnochLine, out var note));
        Assert.Equal(NoteVerdict.Signed, note.JudgedBy(NoteVerifierKey.Parse(Public)));
        Assert.Equal(NoteVerdict.Signed, note.JudgedBy(NoteVerifierKey.Parse(Enoch)));
        Assert.Equal(NoteVerdict.NotSigned, note.JudgedBy(NoteSigningKey.Generate("PeterNeumann").Verifier));
        var changed = note with { Text = Text.Replace("cryptography", "cryptographY", StringComparison.Ordinal) };
        Assert.Equal(NoteVerdict.Forged, changed.JudgedBy(NoteVerifierKey.Parse(Public)));
    }

    [Fact]
    public void Takes_no_mangled_key()
    {
        Assert.True(NoteVerifierKey.TryParse(Public, out _));
        foreach (var (text, parses) in new[] { (Public, (Func<string, bool>)(t => NoteVerifierKey.TryParse(t, out _))), (Private, t => NoteSigningKey.TryParse(t, out _)) })
        {
            for (var i = 0; i < text.Length; i++)
            {
                Assert.False(parses(text[..i]), text[..i]);
                Assert.False(i > 0 && parses(text[i..]), text[i..]);
                Assert.False(parses(text[..i] + (char)(text[i] + 1) + text[(i + 1)..]));
            }
        }

        Assert.False(NoteVerifierKey.TryParse("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==", out _));
        Assert.False(NoteVerifierKey.TryParse("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", out _));
    }

    [Fact]
    public void Takes_no_malformed_note()
    {
        string[] malformed =
        [
            Text, Text + "\n", Text + "\n" + PeterLine[..^1], "\x01" + Text + "\n" + PeterLine, Text + "\n" + PeterLine + "Unexpected line.\n",
            Text + "\n" + PeterLine.Replace("PeterNeumann", "Bad Name", StringComparison.Ordinal),
            Text + "\n" + PeterLine.Replace("AM=", "AN=", StringComparison.Ordinal), Text + "\n" + string.Concat(Enumerable.Repeat(PeterLine, 101)),
        ];
        Assert.All(malformed, note => Assert.False(SignedNote.TryParse(note, out _), note));
        Assert.Null(SignedNote.Read([0xff, .. Encoding.UTF8.GetBytes(Text + "\n" + PeterLine)]));
        Assert.NotNull(SignedNote.Read(Encoding.UTF8.GetBytes(Text + "\n" + PeterLine)));
    }

    [Fact]
    public void A_witness_signs_the_text_with_a_time_and_nothing_else_passes_for_it()
    {
        var witness = NoteSigningKey.Generate("witness.example/w1", NoteKeyType.Witness);
        var log = NoteSigningKey.Generate("log.example");
        var now = DateTimeOffset.FromUnixTimeSeconds(1679315147);
        var note = new Checkpoint("log.example", 0, TreeHash.Empty).Sign(log);
        note = note.With(witness.Sign(note.Text, now));
        Assert.True(SignedNote.TryParse(note.ToString(), out var read));
        Assert.Equal((NoteVerdict.Signed, NoteVerdict.Signed), (read.JudgedBy(witness.Verifier), read.JudgedBy(log.Verifier)));
        Assert.Equal(now, NoteVerifierKey.TimeOf(read.Signatures[1]));
        Assert.True(NoteVerifierKey.TryParse(witness.Verifier.ToString(), out var again) && again.Equals(witness.Verifier));

        var later = witness.Sign(note.Text, now.AddSeconds(1)).Bytes.ToArray();
        read.Signatures[1].Bytes[8..].CopyTo(later.AsMemory(8));
        var moved = read with { Signatures = [read.Signatures[1] with { Bytes = later }] };
        Assert.Equal(NoteVerdict.Forged, moved.JudgedBy(witness.Verifier));
    }

    [Fact]
    public void Reads_the_checkpoint_of_the_specification_and_none_that_is_spelled_otherwise()
    {
        const string Good = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        Assert.True(Checkpoint.TryParse(Good, out var checkpoint));
        Assert.Equal((20852163, Good), (checkpoint.Size, checkpoint.Text));
        Assert.True(Checkpoint.TryParse(Good + "extension\n", out _));
        Assert.All(
            new[] { Good[..^1], Good.Replace("2085", "02085", StringComparison.Ordinal), Good.Replace("q2I=", "q2J=", StringComparison.Ordinal), "\n" + Good, Good + "\n" },
            text => Assert.False(Checkpoint.TryParse(text, out _), text));
    }

    [Fact]
    public void A_key_file_is_its_owners_alone_and_never_overwritten()
    {
        using var temp = new TempLog();
        Directory.CreateDirectory(temp.Directory);
        var path = Path.Combine(temp.Directory, "signing.key");
        var key = NoteSigningKey.Create(path, "gateway.keten.example/decisions");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(key.Verifier, NoteSigningKey.Load(path).Verifier);
        Assert.Throws<IOException>(() => NoteSigningKey.Create(path, "gateway.keten.example/decisions"));

        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var refused = Assert.Throws<NoteKeyException>(() => NoteSigningKey.Load(path));
        Assert.Contains("chmod 600", refused.Message, StringComparison.Ordinal);
        Assert.Contains("keten log key new", Assert.Throws<NoteKeyException>(() => NoteSigningKey.Load(path + "x")).Message, StringComparison.Ordinal);
    }
}
