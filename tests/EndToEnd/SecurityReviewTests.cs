using System.Diagnostics;
using System.Text;
using Keten.Client;
using Keten.Contracts.Identifiers;
using Keten.Demo;
using Keten.TestKit;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Keten.EndToEnd;

/// <summary>docs/security-review.md, command by command: the real CLI in a directory of its own, and a gateway that runs for the second half.</summary>
public sealed class SecurityReviewTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private readonly string _directory = Directory.CreateTempSubdirectory("keten-review-").FullName;
    private Federation? _federation;

    public async ValueTask DisposeAsync()
    {
        if (_federation is not null)
        {
            await _federation.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Every_command_of_a_security_officers_first_hour_does_what_the_page_says()
    {
        var page = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs", "security-review.md"), TestContext.Current.CancellationToken);
        var commands = ConsoleCommand.In(page);
        Assert.True(commands.Count > 25, "the page has lost its commands");
        var environment = await StartAsync();

        await RunAsync(commands, environment);

        var faults = commands.SelectMany(command => command.Faults(_directory)).ToList();
        Assert.True(faults.Count == 0, string.Join("\n\n", faults));
    }

    /// <summary>The gateway the second half is about, after one use of break-glass; and where its things are, as the page names them.</summary>
    private async Task<Dictionary<string, string>> StartAsync()
    {
        var token = TestContext.Current.CancellationToken;
        var scenario = Scenario.Load("02");
        var federation = _federation = await Federation.StartAsync(
            scenario, Path.Combine(_directory, "live"), verbose: false, token, new Dictionary<string, string?> { ["Gateway:ManagementListen"] = "0.0.0.0:0" });
        var vt = federation.Systems["vt"];
        await vt.Gateway.GetPersonAsync(
            new Ask
            {
                Target = Oin.Parse(scenario.Participant("gemeente").Oin),
                Subject = await vt.PseudonymOfAsync(scenario.Person("baby"), token),
                Purpose = "crisis-afstemmen",
                Actor = "mw-17",
                ActorRole = "crisismedewerker",
                Facts = RunningFederation.Facts("""{"crisis_level": "red", "subject_age": 0}"""),
                Justification = "Baby met fracturen in ziekenhuis, ouders vertrekken nu",
            },
            token);

        var pki = Directory.CreateDirectory(Path.Combine(_directory, "pki")).FullName;
        var issued = Path.Combine(Path.GetDirectoryName(federation.Authority.CertificatePath)!, "issued", scenario.Participant("vt").Oin);
        File.Copy(federation.Authority.CertificatePath, Path.Combine(pki, "ca.pem"));
        File.Copy(federation.Authority.CrlPath, Path.Combine(pki, "crl.pem"));
        File.Copy(Path.Combine(issued, "cert.pem"), Path.Combine(pki, "officer.pem"));
        File.Copy(Path.Combine(issued, "key.pem"), Path.Combine(pki, "officer-key.pem"));
        var management = new Uri(federation.Hosts["gateway"].Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(1));
        return new Dictionary<string, string>
        {
            ["GATEWAY"] = $"https://127.0.0.1:{management.Port}", ["GATEWAY_OIN"] = Federation.GatewayOin.Value, ["PKI"] = pki,
            ["LOG"] = federation.DecisionLogDirectory, ["PARTICIPANTS"] = federation.RegistryPath, ["ADAPTER"] = Path.GetDirectoryName(federation.Systems["gemeente"].AdapterDatabase)!,
        };
    }

    /// <summary>All in one shell, so that what a command sets or makes is there for the next; the output of each in a file.</summary>
    private async Task RunAsync(IReadOnlyList<ConsoleCommand> commands, Dictionary<string, string> environment)
    {
        await File.WriteAllTextAsync(
            Path.Combine(_directory, "keten"), $"#!/bin/bash\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "keten.dll")}' \"$@\"\n");
        File.SetUnixFileMode(Path.Combine(_directory, "keten"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var script = new StringBuilder();
        foreach (var command in commands)
        {
            script.Append(command.Script());
        }

        var start = new ProcessStartInfo("bash") { WorkingDirectory = _directory, RedirectStandardInput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["XDG_CACHE_HOME"] = Path.Combine(_directory, "cache");
        using var shell = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var complaints = shell.StandardError.ReadToEndAsync(limit.Token);
            await shell.StandardInput.WriteAsync(script, limit.Token);
            shell.StandardInput.Close();
            await shell.WaitForExitAsync(limit.Token);
            Assert.Equal("", await complaints);
        }
        finally
        {
            if (!shell.HasExited)
            {
                shell.Kill(entireProcessTree: true);
            }
        }
    }
}
