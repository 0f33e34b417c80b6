using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keten.Pseudonyms.Tests;

public sealed class KeyFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("keten-keys-").FullName;

    private string File1 => Path.Combine(_directory, "a.json");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void What_is_written_is_read_and_only_its_owner_may_read_it()
    {
        using var made = Make("a");
        made.Add("k2", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(30));
        made.Save(File1);
        using var read = EvaluatorKeyFile.Load(File1);

        Assert.Equal("a", read.Evaluator);
        Assert.Equal([("k1", ShareState.Retiring, 0), ("k2", ShareState.Active, 0)], read.Keys.Select(k => (k.Id, k.State, k.Epoch)));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddDays(30), read.Live("k1").Retires);
        Assert.Equal(made.Keys.Select(k => k.Key!.PublicKey), read.Keys.Select(k => k.Key!.PublicKey));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(File1));
            File.SetUnixFileMode(File1, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            Assert.Contains("chmod 600", Assert.Throws<KeyFileException>(() => EvaluatorKeyFile.Load(File1)).Message);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"evaluator":"a","transport":"AAAA","keys":[]}""")]
    public void A_file_that_is_no_key_file_is_named_and_its_content_is_not(string content)
    {
        File.WriteAllText(File1, content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(File1, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var message = Assert.Throws<KeyFileException>(() => EvaluatorKeyFile.Load(File1)).ToString();
        Assert.Contains("a.json", message);
        Assert.DoesNotContain("AAAA", message);
    }

    [Fact]
    public void An_id_is_never_given_twice_and_no_more_than_two_keys_live()
    {
        using var keys = Make("a");
        Assert.Contains("used before", Refused(() => keys.Add("k1", default)));
        Assert.Contains("lower-case", Refused(() => keys.Add("K2", default)));
        Assert.Contains("active", Refused(() => keys.Destroy("k1")));
        keys.Add("k2", default);
        Assert.Contains("--retire k1", Refused(() => keys.Add("k3", default)));
        keys.Destroy("k1");
        Assert.Contains("no live key", Refused(() => keys.Destroy("k1")));
        Assert.Contains("used before", Refused(() => keys.Add("k1", default)));
        keys.Save(File1);
        Assert.Single(JsonNode.Parse(File.ReadAllText(File1))!["keys"]!.AsArray(), k => k!["share"] is not null);
    }

    [Fact]
    public void A_new_file_takes_no_others_place()
    {
        using var keys = Make("a");
        keys.Save(File1);
        Assert.Throws<KeyFileException>(() => keys.Save(File1, mayReplace: false));
    }

    [Fact]
    public void A_refresh_opens_only_for_whom_it_was_made_from_whom_it_came()
    {
        using var a = Make("a");
        using var b = Make("b");
        using var stranger = Make("c");
        var refresh = SealedRefresh.Begin(a, "k1", PublicStatement.Of(b));
        Assert.Contains("cannot be opened", Refused(() => refresh.Accept(stranger, PublicStatement.Of(a))));
        Assert.Contains("cannot be opened", Refused(() => refresh.Accept(b, PublicStatement.Of(stranger))));
        byte[] changed = [.. refresh.Sealed];
        changed[5] ^= 1;
        Assert.Contains("cannot be opened", Refused(() => (refresh with { Sealed = changed }).Accept(b, PublicStatement.Of(a))));
        Assert.Contains("cannot be opened", Refused(() => (refresh with { PublicKey = b.Live("k1").Key!.PublicKey.ToArray() }).Accept(b, PublicStatement.Of(a))));
        Assert.Contains("epoch", Refused(() => (refresh with { FromEpoch = 1 }).Accept(b, PublicStatement.Of(a))));
        Assert.Null(b.Live("k1").Pending);
        Assert.Contains("No refresh", Refused(() => SealedRefresh.Activate(b, "k1")));

        var path = Path.Combine(_directory, "refresh.json");
        File.WriteAllText(path, refresh.ToJson());
        SealedRefresh.Load(path).Accept(b, PublicStatement.Of(a));
        SealedRefresh.Activate(a, "k1");
        SealedRefresh.Activate(b, "k1");
        Assert.Equal((1, 1), (a.Live("k1").Epoch, b.Live("k1").Epoch));
        Assert.Contains("epoch", Refused(() => refresh.Accept(b, PublicStatement.Of(a))));
    }

    [Fact]
    public void A_refresh_that_would_change_the_key_is_refused_and_one_under_way_can_be_cancelled()
    {
        using var a = Make("a");
        using var b = Make("b");
        var before = PublicStatement.Of(a);
        SealedRefresh.Begin(a, "k1", PublicStatement.Of(b));
        SealedRefresh.Cancel(a, "k1");
        Assert.Null(a.Live("k1").Pending);

        // The first party's file was put back from another key since its statement: the sums differ.
        using var other = Make("a");
        var refresh = SealedRefresh.Begin(a, "k1", PublicStatement.Of(b));
        var wrong = before with { Keys = PublicStatement.Of(other).Keys };
        Assert.Contains("another key", Refused(() => refresh.Accept(b, wrong)));
    }

    [Fact]
    public void A_statement_proves_that_its_maker_has_the_share()
    {
        using var a = Make("a");
        using var b = Make("b");
        var path = Path.Combine(_directory, "a.public.json");
        var honest = PublicStatement.Of(a);
        File.WriteAllText(path, honest.ToJson());
        Assert.Equal(honest.Share("k1").PublicKey, PublicStatement.Load(path).Share("k1").PublicKey);

        // Somebody claims what is left of a key of its own choice.
        File.WriteAllText(path, (honest with { Keys = [honest.Keys[0] with { PublicKey = PublicStatement.Of(b).Keys[0].PublicKey }] }).ToJson());
        Assert.Contains("not proven", Refused(() => PublicStatement.Load(path)));
        File.WriteAllText(path, """{"evaluator":"a"}""");
        Assert.Throws<KeyFileException>(() => PublicStatement.Load(path));
        Assert.Contains("same evaluator", Refused(() => PublicStatement.Combine([honest, honest])));
        Assert.Throws<KeyFileException>(() => SealedRefresh.Load(path));
    }

    private static EvaluatorKeyFile Make(string name) => EvaluatorKeyFile.Create(name, "k1", DateTimeOffset.UnixEpoch);

    private static string Refused(Action action) => Assert.Throws<KeyFileException>(action).Message;
}
