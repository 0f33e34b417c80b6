using System.CommandLine;
using System.Text.Json;
using Keten.Client.Pseudonyms;
using Keten.Identity;
using Keten.Pseudonyms;

namespace Keten.Cli.Pseudonyms;

/// <summary><c>keten pseudonym</c>: for the two parties that run an evaluator, and for who asks them.</summary>
internal static class PseudonymCommand
{
    public static readonly Option<bool> Json = new("--json") { Description = "One JSON object on stdout." };

    private static readonly JsonSerializerOptions Compact = new(JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create() => new("pseudonym", "Keys, refreshes and budgets of the evaluators of pseudonyms. Why there are two, and who runs them: docs/security.md.")
    {
        KeyCommands.Keygen(), KeyCommands.Publish(), KeyCommands.Rotate(), RefreshCommands.Create(), EvaluateCommand.Create(), BudgetCommand.Create(),
    };

    /// <summary>0 when done, 1 with one line on stderr when not.</summary>
    public static async Task<int> RunAsync(bool json, Func<Task<(object Result, string Text)>> action)
    {
        try
        {
            var (result, text) = await action();
            await Console.Out.WriteLineAsync(json ? JsonSerializer.Serialize(result, Compact) : text);
            return 0;
        }
        catch (Exception problem) when (problem is KeyFileException or PseudonymException or FederationFileException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync("keten pseudonym: " + problem.Message);
            return 1;
        }
    }

    public static int Run(bool json, Func<(object Result, string Text)> action) => RunAsync(json, () => Task.FromResult(action())).GetAwaiter().GetResult();

    /// <summary>The statement stands beside the key file and follows it.</summary>
    public static string WriteStatement(string keyFile, EvaluatorKeyFile keys)
    {
        var path = Path.ChangeExtension(keyFile, ".public.json");
        File.WriteAllText(path, PublicStatement.Of(keys).ToJson());
        return path;
    }
}
