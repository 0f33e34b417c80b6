using System.Text.Json;
using System.Text.RegularExpressions;
using Keten.Client;
using Keten.Contracts.Fhir;
using Keten.Demo;
using Keten.Fhir.Tests.Conformance;

namespace Keten.Fhir.Tests;

/// <summary>Runs all cases of <c>eng/npm/fhir-ask.mjs</c> once, as Veilig Thuis, which gets all of Noor, and as a wijkteam, which gets part of Sam and corrects Noor.</summary>
public sealed partial class FhirKitClient
{
    private Task<Dictionary<string, Case>>? _run;

    /// <summary>The names of all cases, read from the program.</summary>
    public static IEnumerable<string> Cases { get; } =
        [.. CaseName().Matches(File.ReadAllText(Path.Combine(NodeTools.Folder, "fhir-ask.mjs"))).Select(m => m.Groups[1].Value)];

    /// <summary>How a case ended: what went wrong, or null, and the bodies it got.</summary>
    internal async Task<Case> AskAsync(FhirFederation running, string name) => (await (_run ??= RunAsync(running)))[name];

    private static async Task<Dictionary<string, Case>> RunAsync(FhirFederation running)
    {
        var question = new
        {
            @base = running.Base.ToString().TrimEnd('/'),
            gateway = running.BaseOf(Federation.GatewayOin.Value).ToString().TrimEnd('/'),
            ca = running.Federation.Authority.CertificatePath,
            system = FhirNames.PseudonymSystem,
            callers = new
            {
                safety = Caller(running, "vt", await running.SafetyAsync()),
                reuse = Caller(running, "wijkteam", await running.ReuseAsync("sam")),
                correct = Caller(running, "wijkteam", await running.ReuseAsync("noor")),
            },
        };
        using var node = NodeTools.Start("fhir-ask.mjs", JsonSerializer.Serialize(question));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var errors = node.StandardError.ReadToEndAsync(limit.Token);
        var output = await node.StandardOutput.ReadToEndAsync(limit.Token);
        await node.WaitForExitAsync(limit.Token);
        Assert.True(node.ExitCode == 0, await errors);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<Case>(line, JsonSerializerOptions.Web)!)
            .ToDictionary(c => c.Name);
    }

    private static object Caller(FhirFederation running, string participant, Ask ask)
    {
        var (cert, key) = running.CertificateOf(participant);
        return new { cert, key, headers = AskMetadata.Of(ask).ToDictionary(h => h.Key, h => h.Value) };
    }

    [GeneratedRegex("""^  async "([^"]+)"\(\)""", RegexOptions.Multiline)]
    private static partial Regex CaseName();

    internal sealed record Case(string Name, string? Error, IReadOnlyList<Answer> Answers);

    internal sealed record Answer(string? ContentType, string Body);
}
