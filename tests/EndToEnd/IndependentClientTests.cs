using System.Diagnostics;
using System.Text.Json;
using Keten.Client;
using Keten.Contracts.Identifiers;
using Keten.TestKit;

namespace Keten.EndToEnd;

/// <summary>A client nobody here wrote: <c>@grpc/grpc-js</c> on Node, with certificates and metadata, as a case system that is not .NET would call.</summary>
public sealed class IndependentClientTests(RunningFederation running)
{
    private static readonly string Tools = Path.Combine(Repository.Root, "eng", "npm");

    [Fact]
    public async Task A_node_client_reads_a_name_and_address_and_hears_the_terms()
    {
        using var answer = await AskAsync("naw-hergebruik");
        Assert.Equal(0, answer.RootElement.GetProperty("code").GetInt32());
        Assert.Equal("Noor", answer.RootElement.GetProperty("person").GetProperty("given_names").GetString());
        Assert.True(UuidV7.IsValid(answer.RootElement.GetProperty("transaction").GetString()));
        Assert.True(answer.RootElement.GetProperty("disclosure").GetInt32() > 0);
    }

    [Fact]
    public async Task A_node_client_is_refused_with_status_reason_and_details()
    {
        using var answer = await AskAsync("zvh-casusoverleg");
        Assert.Equal((int)Grpc.Core.StatusCode.PermissionDenied, answer.RootElement.GetProperty("code").GetInt32());
        Assert.Equal("PURPOSE_NOT_FOR_ORGANISATION", answer.RootElement.GetProperty("reason").GetString());
        Assert.Equal(1, answer.RootElement.GetProperty("details").GetInt32());
    }

    private async Task<JsonDocument> AskAsync(string purpose)
    {
        if (!Directory.Exists(Path.Combine(Tools, "node_modules", "@grpc", "grpc-js")))
        {
            Assert.Skip("@grpc/grpc-js is not installed; ./keten test installs it where there is npm.");
        }

        var headers = AskMetadata.Of(await running.QuestionAsync() with { Purpose = purpose }).ToDictionary(h => h.Key, h => h.Value);
        var issued = Path.Combine(Path.GetDirectoryName(running.Federation.Authority.CertificatePath)!, "issued", running.Scenario.Participant("wijkteam").Oin);
        var start = new ProcessStartInfo("node") { WorkingDirectory = Tools, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[]
        {
            "ask.mjs", $"localhost:{running.Federation.GatewayAddress.Port}", Path.Combine(Repository.Root, "proto"),
            running.Federation.Authority.CertificatePath, Path.Combine(issued, "cert.pem"), Path.Combine(issued, "key.pem"), JsonSerializer.Serialize(headers),
        })
        {
            start.ArgumentList.Add(argument);
        }

        using var node = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var output = node.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = node.StandardError.ReadToEndAsync(limit.Token);
        await node.WaitForExitAsync(limit.Token);
        Assert.True(node.ExitCode == 0, await errors);
        return JsonDocument.Parse(await output);
    }
}
