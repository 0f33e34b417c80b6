using System.CommandLine;
using System.Text.Json;
using Keten.Cli.Pseudonyms;
using Keten.Client.Pseudonyms;
using Keten.TestKit;
using Keten.TestKit.Pki;

namespace Keten.Pseudonyms.Tests;

/// <summary><c>keten pseudonym</c> as the two parties, the federation and a participant use it: what it writes, says, and ends with.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("keten-pseudonym-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Each_party_makes_its_share_and_the_federation_publishes_the_sum()
    {
        var made = await RunAsync("keygen", "--out", Path("a.json"), "--name", "a", "--json");
        Assert.Equal((0, "k1", Path("a.public.json")), (made.ExitCode, made.Json.GetProperty("key").GetString(), made.Json.GetProperty("statement").GetString()));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Path("a.json")) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Contains("Statement", (await RunAsync("keygen", "--out", Path("b.json"), "--name", "b")).Output, StringComparison.Ordinal);

        var published = await RunAsync("publish", Path("a.public.json"), Path("b.public.json"), "--out", Path("keys.json"), "--json");

        Assert.Equal((0, FederationKeys.InvolvementScope), (published.ExitCode, published.Json.GetProperty("scope").GetString()));
        var keys = FederationKeys.Load(Path("keys.json"));
        Assert.Equal("k1", Assert.Single(keys.Keys).Id);
        Assert.Equal(PublicStatement.Load(Path("a.public.json")).Share("k1").Element.Add(PublicStatement.Load(Path("b.public.json")).Share("k1").Element)!.ToArray(), keys.Keys[0].PublicKey);
    }

    [Fact]
    public async Task A_key_file_is_never_overwritten()
    {
        await RunAsync("keygen", "--out", Path("a.json"), "--name", "a");
        var before = await File.ReadAllBytesAsync(Path("a.json"));

        var again = await RunAsync("keygen", "--out", Path("a.json"), "--name", "a");

        Assert.Equal((1, ""), (again.ExitCode, again.Output));
        Assert.Contains("keten pseudonym rotate", again.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Path("a.json")));
    }

    [Fact]
    public async Task A_rotation_goes_through_its_steps_and_each_file_says_where_it_is()
    {
        await TwoPartiesAsync();
        foreach (var party in new[] { "a", "b" })
        {
            var rotated = await RunAsync("rotate", "--keys", Path($"{party}.json"), "--key", "k2", "--weeks", "4", "--json");
            Assert.Equal((0, "k2", "k1"), (rotated.ExitCode, rotated.Json.GetProperty("key").GetString(), rotated.Json.GetProperty("retiring").GetString()));
        }

        Assert.Equal(["k1", "k2"], await PublishAsync("--current", "k1"));
        Assert.Equal(["k2", "k1"], await PublishAsync("--current", "k2"));
        Assert.Equal(["k2"], await PublishAsync("--without", "k1"));
        foreach (var party in new[] { "a", "b" })
        {
            var retired = await RunAsync("rotate", "--keys", Path($"{party}.json"), "--retire", "k1", "--json");
            Assert.Equal((0, "k1"), (retired.ExitCode, retired.Json.GetProperty("retired").GetString()));
        }

        Assert.Equal(["k2"], await PublishAsync());
        var gone = await RunAsync("publish", Path("a.public.json"), Path("b.public.json"), "--out", Path("keys.json"), "--current", "k1");
        Assert.Equal(1, gone.ExitCode);
        Assert.Contains("both have: k2", gone.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_steps_of_a_rotation_are_told_with_the_keys_they_are_about()
    {
        await TwoPartiesAsync();
        var rotated = await RunAsync("rotate", "--keys", Path("a.json"), "--key", "k2");
        Assert.Contains("--current k1", rotated.Output, StringComparison.Ordinal);
        Assert.Contains("--without k1", rotated.Output, StringComparison.Ordinal);
        Assert.Contains("--retire k1", rotated.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refresh_changes_both_shares_and_not_the_published_key()
    {
        await TwoPartiesAsync();
        await PublishAsync();
        var before = FederationKeys.Load(Path("keys.json")).Keys[0].PublicKey;
        File.Copy(Path("a.public.json"), Path("a.before.json"));

        await OkAsync("refresh", "begin", "--keys", Path("a.json"), "--key", "k1", "--to", Path("b.public.json"), "--out", Path("sealed.json"));
        await OkAsync("refresh", "accept", "--keys", Path("b.json"), "--refresh", Path("sealed.json"), "--from", Path("a.before.json"));
        var activated = await OkAsync("refresh", "activate", "--keys", Path("a.json"), "--key", "k1");
        Assert.Equal(1, activated.Json.GetProperty("epoch").GetInt32());

        var mixed = await RunAsync("publish", Path("a.public.json"), Path("b.public.json"), "--out", Path("keys.json"));
        Assert.Equal(1, mixed.ExitCode);
        Assert.Contains("different epochs of k1 (1, 0)", mixed.Error, StringComparison.Ordinal);

        await OkAsync("refresh", "activate", "--keys", Path("b.json"), "--key", "k1");
        await PublishAsync();
        Assert.Equal(before, FederationKeys.Load(Path("keys.json")).Keys[0].PublicKey);
        Assert.NotEqual(PublicStatement.Load(Path("a.before.json")).Share("k1").PublicKey, PublicStatement.Load(Path("a.public.json")).Share("k1").PublicKey);
    }

    [Fact]
    public async Task A_refresh_that_was_begun_can_be_cancelled_once()
    {
        await TwoPartiesAsync();
        await OkAsync("refresh", "begin", "--keys", Path("a.json"), "--key", "k1", "--to", Path("b.public.json"), "--out", Path("sealed.json"));
        Assert.True((await OkAsync("refresh", "cancel", "--keys", Path("a.json"), "--key", "k1")).Json.GetProperty("cancelled").GetBoolean());
        Assert.Equal(1, (await RunAsync("refresh", "activate", "--keys", Path("a.json"), "--key", "k1")).ExitCode);
    }

    [Theory]
    [InlineData("Give both evaluators' statements", "publish", "a.public.json", "--out", "keys.json")]
    [InlineData("of the same evaluator", "publish", "a.public.json", "a.public.json", "--out", "keys.json")]
    [InlineData("cannot be read", "publish", "a.public.json", "missing.json", "--out", "keys.json")]
    [InlineData("--without", "publish", "a.public.json", "b.public.json", "--out", "keys.json", "--without", "k7")]
    [InlineData("No key is left", "publish", "a.public.json", "b.public.json", "--out", "keys.json", "--without", "k1")]
    [InlineData("Give one of --key NEW and --retire OLD", "rotate", "--keys", "a.json")]
    [InlineData("Give one of --key NEW and --retire OLD", "rotate", "--keys", "a.json", "--key", "k2", "--retire", "k1")]
    [InlineData("--weeks", "rotate", "--keys", "a.json", "--key", "k2", "--weeks", "0")]
    [InlineData("k1", "rotate", "--keys", "a.json", "--key", "k1")]
    [InlineData("k9", "rotate", "--keys", "a.json", "--retire", "k9")]
    [InlineData("missing.json", "rotate", "--keys", "missing.json", "--key", "k2")]
    [InlineData("k9", "refresh", "begin", "--keys", "a.json", "--key", "k9", "--to", "b.public.json", "--out", "sealed.json")]
    [InlineData("a.public.json", "refresh", "accept", "--keys", "b.json", "--refresh", "a.public.json", "--from", "a.public.json")]
    [InlineData("missing.json", "budget", "--settings", "missing.json")]
    [InlineData("--day", "budget", "--settings", "settings.json", "--day", "gisteren")]
    [InlineData("Adapter:Pseudonyms", "evaluate", "--settings", "settings.json")]
    public async Task What_cannot_be_done_ends_with_1_and_one_explanation(string explanation, params string[] arguments)
    {
        await TwoPartiesAsync();
        await File.WriteAllTextAsync(Path("settings.json"), "{}");
        var before = await File.ReadAllBytesAsync(Path("a.json"));

        var run = await RunAsync([.. arguments.Select(a => a.EndsWith(".json", StringComparison.Ordinal) ? Path(a) : a)]);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("keten pseudonym: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(explanation, run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Path("a.json")));
    }

    [Theory]
    [InlineData("keygen", "--name", "a")]
    [InlineData("rotate")]
    [InlineData("refresh")]
    [InlineData("rotate", "--keys", "a.json", "--weeks", "vier")]
    public async Task Wrong_usage_ends_with_2(params string[] arguments) => Assert.Equal(2, (await RunAsync(arguments)).ExitCode);

    [Fact]
    public async Task Numbers_from_stdin_become_pseudonyms_and_the_budget_tells_who_asked()
    {
        await using var evaluators = await TheEvaluators.StartAsync(("DailyBudget", "10"));
        await File.WriteAllTextAsync(Path("adapter.json"), JsonSerializer.Serialize(AdapterSettings(evaluators)));
        await File.WriteAllTextAsync(Path("evaluator.json"), JsonSerializer.Serialize(new { Evaluator = new { LogDirectory = evaluators.LogDirectory(TheEvaluators.First), DailyBudget = 10 } }));
        var expected = (await evaluators.Source().EvaluateAsync([Some.Bsn], default))[0].Value;

        var run = await RunAsync(["evaluate", "--settings", Path("adapter.json"), "--json"], $"{Some.Bsn}\n\n {Some.Bsn} \n");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal([expected, expected], run.Json.GetProperty("pseudonyms").EnumerateArray().Select(p => p.GetString()));
        Assert.Equal(expected, (await RunAsync(["evaluate", "--settings", Path("adapter.json")], Some.Bsn)).Output.Trim());

        var budget = await RunAsync("budget", "--settings", Path("evaluator.json"), "--json");
        var used = budget.Json.GetProperty("participants")[0];
        Assert.Equal((0, TestFederation.OinOf(TheEvaluators.Wijkteam).Value, 4, 10), (budget.ExitCode, used.GetProperty("participant").GetString(), used.GetProperty("elements").GetInt32(), used.GetProperty("budget").GetInt32()));
        Assert.Contains("40 %", (await RunAsync("budget", "--settings", Path("evaluator.json"))).Output, StringComparison.Ordinal);
        Assert.Contains("Nothing was evaluated on 2026-01-31", (await RunAsync("budget", "--settings", Path("evaluator.json"), "--day", "2026-01-31")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_that_is_no_bsn_and_a_budget_that_is_used_up_are_told_without_the_number()
    {
        await using var evaluators = await TheEvaluators.StartAsync(("DailyBudget", "1"));
        await File.WriteAllTextAsync(Path("adapter.json"), JsonSerializer.Serialize(AdapterSettings(evaluators)));

        var wrong = await RunAsync(["evaluate", "--settings", Path("adapter.json")], "123456789");
        Assert.Equal((1, ""), (wrong.ExitCode, wrong.Output));
        Assert.DoesNotContain("123456789", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("1 to 1000 numbers", (await RunAsync(["evaluate", "--settings", Path("adapter.json")], "\n")).Error, StringComparison.Ordinal);

        Assert.Equal(0, (await RunAsync(["evaluate", "--settings", Path("adapter.json")], Some.Bsn)).ExitCode);
        var exhausted = await RunAsync(["evaluate", "--settings", Path("adapter.json")], Some.Bsn);
        Assert.Equal(1, exhausted.ExitCode);
        Assert.Contains("evaluator", exhausted.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Some.Bsn, exhausted.Error, StringComparison.Ordinal);
    }

    private static object AdapterSettings(TheEvaluators evaluators)
    {
        var identity = evaluators.IdentityOf(TheEvaluators.Wijkteam);
        return new
        {
            Adapter = new
            {
                Federation = new
                {
                    evaluators.Federation.TrustAnchors, evaluators.Federation.RevocationList, Certificate = identity.CertificatePath, PrivateKey = identity.KeyPath,
                },
                Pseudonyms = new
                {
                    evaluators.KeysFile,
                    Evaluators = new[] { TheEvaluators.First, TheEvaluators.Second }.Select(e => new { Oin = TestFederation.OinOf(e).Value, Address = evaluators.Address(e) }),
                },
            },
        };
    }

    private string Path(string name) => System.IO.Path.Combine(_directory, name);

    private async Task TwoPartiesAsync()
    {
        await OkAsync("keygen", "--out", Path("a.json"), "--name", "a");
        await OkAsync("keygen", "--out", Path("b.json"), "--name", "b");
    }

    private async Task<IReadOnlyList<string?>> PublishAsync(params string[] more)
    {
        var run = await OkAsync(["publish", Path("a.public.json"), Path("b.public.json"), "--out", Path("keys.json"), .. more]);
        Assert.Equal(FederationKeys.Load(Path("keys.json")).Keys.Select(k => k.Id), run.Json.GetProperty("keys").EnumerateArray().Select(k => k.GetString()));
        return [.. run.Json.GetProperty("keys").EnumerateArray().Select(k => k.GetString())];
    }

    private static async Task<Run> OkAsync(params string[] arguments)
    {
        var run = await RunAsync([.. arguments, "--json"]);
        Assert.True(run.ExitCode == 0, run.Error);
        return run;
    }

    private static Task<Run> RunAsync(params string[] arguments) => RunAsync(arguments, "");

    private static async Task<Run> RunAsync(string[] arguments, string input)
    {
        using var console = OwnConsole.Open(input);
        var parsed = new RootCommand { PseudonymCommand.Create() }.Parse(["pseudonym", .. arguments]);
        var code = await parsed.InvokeAsync(new InvocationConfiguration { Output = Console.Out, Error = Console.Error }, TestContext.Current.CancellationToken);
        // As the program ends.
        return new Run(parsed.Errors.Count > 0 ? 2 : code, console.Written, console.Complained);
    }

    private sealed record Run(int ExitCode, string Output, string Error)
    {
        public JsonElement Json => JsonDocument.Parse(Output).RootElement;
    }
}
