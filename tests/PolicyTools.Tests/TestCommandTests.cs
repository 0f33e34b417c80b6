namespace Keten.PolicyTools.Tests;

public sealed class TestCommandTests : IDisposable
{
    private readonly Sources _sources = new();

    public void Dispose() => _sources.Dispose();

    [Fact]
    public async Task A_mistake_in_the_register_is_shown_with_file_and_line()
    {
        _sources.Edit("data/purposes.yaml", "category: regie", "category: regi");

        var run = await Run.PolicyAsync("test", "--source", _sources.Policy);

        Assert.Equal((1, "The policy is not sound: see above."), (run.ExitCode, run.LastLine));
        Assert.Matches(@"data/purposes\.yaml:\d+: ", run.Output);
    }

    [Fact]
    public async Task A_directory_without_a_policy_is_refused()
    {
        var run = await Run.PolicyAsync("test", "--source", _sources.Root);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("is no policy directory", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("test")]
    [InlineData("check")]
    [InlineData("explain")]
    [InlineData("matrix")]
    [InlineData("diff")]
    [InlineData("replay")]
    [InlineData("build")]
    [InlineData("sign")]
    [InlineData("verify")]
    public async Task Help_of_every_command_shows_examples(string command)
    {
        var run = await Run.PolicyAsync(command, "--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Examples:", run.Output, StringComparison.Ordinal);
        Assert.Contains($"keten policy {command}", run.Output, StringComparison.Ordinal);
        Assert.Contains("--json", run.Output, StringComparison.Ordinal);
    }
}
