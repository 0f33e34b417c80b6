using Grpc.Core;
using Grpc.Net.Client;
using Keten.Client.Pseudonyms;
using Keten.Contracts.Identifiers;
using Keten.Identity;
using Keten.Protocol.V1;
using Keten.TestKit.Pki;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.Pseudonyms.Tests;

/// <summary>Two evaluators as their operators run them: own identity, key file, log; real sockets and mTLS. And participants that call them.</summary>
internal sealed class TheEvaluators : IAsyncDisposable
{
    public const int First = 91;
    public const int Second = 92;
    public const int Wijkteam = 4;
    public const int CareAndSafetyHouse = 5;
    public const int Suspended = 6;

    private readonly Dictionary<int, WebApplication> _hosts = [];
    private readonly Dictionary<int, TestIdentity> _identities = [];
    private readonly List<IDisposable> _disposables = [];

    public TheEvaluators()
    {
        Federation.Register(
            TestFederation.Participant(TestFederation.OinOf(Wijkteam)), TestFederation.Participant(TestFederation.OinOf(CareAndSafetyHouse), "zvh"),
            TestFederation.Participant(TestFederation.OinOf(Suspended), status: ParticipantStatus.Suspended));
        foreach (var evaluator in new[] { First, Second })
        {
            using var keys = EvaluatorKeyFile.Create($"evaluator-{evaluator}", "k1", TimeProvider.System.GetUtcNow());
            keys.Save(KeyFile(evaluator));
        }

        Publish("k1");
    }

    public TestFederation Federation { get; } = new();

    public LogBook Log { get; } = new();

    public string KeysFile => Path.Combine(Federation.Root, "pseudonym-keys.json");

    public string KeyFile(int evaluator) => Path.Combine(Federation.Root, $"evaluator-{evaluator}.json");

    public string LogDirectory(int evaluator) => Path.Combine(Federation.Root, $"log-{evaluator}");

    public static async Task<TheEvaluators> StartAsync(params (string Key, string Value)[] settings)
    {
        var evaluators = new TheEvaluators();
        await evaluators.StartAsync(First, settings);
        await evaluators.StartAsync(Second, settings);
        return evaluators;
    }

    public PublicStatement Statement(int evaluator)
    {
        using var keys = EvaluatorKeyFile.Load(KeyFile(evaluator));
        return PublicStatement.Of(keys);
    }

    /// <summary>What the federation hands out: these keys, the current one first.</summary>
    public void Publish(params string[] keyIds) => Publish([First, Second], keyIds);

    public void Publish(int[] evaluators, params string[] keyIds)
    {
        var sums = PublicStatement.Combine([.. evaluators.Select(Statement)]).ToDictionary(k => k.Id, k => k.PublicKey);
        File.WriteAllText(KeysFile, new FederationKeys(FederationKeys.InvolvementScope, [.. keyIds.Select(id => new FederationKey(id, sums[id]))]).ToJson());
    }

    /// <summary>An operator's change of a key file; a running host follows within a second.</summary>
    public void Change(int evaluator, Action<EvaluatorKeyFile> change)
    {
        using var keys = EvaluatorKeyFile.Load(KeyFile(evaluator));
        change(keys);
        keys.Save(KeyFile(evaluator));
    }

    public Dictionary<string, string?> Settings(int evaluator, params (string Key, string Value)[] more)
    {
        var identity = IdentityOf(evaluator);
        var settings = new Dictionary<string, string?>
        {
            ["Evaluator:Listen"] = "127.0.0.1:0",
            ["Evaluator:ManagementListen"] = "127.0.0.1:0",
            ["Evaluator:KeyFile"] = KeyFile(evaluator),
            ["Evaluator:LogDirectory"] = LogDirectory(evaluator),
            ["Evaluator:Federation:TrustAnchors"] = Federation.TrustAnchors,
            ["Evaluator:Federation:RevocationList"] = Federation.RevocationList,
            ["Evaluator:Federation:Certificate"] = identity.CertificatePath,
            ["Evaluator:Federation:PrivateKey"] = identity.KeyPath,
            ["Evaluator:Federation:Participants"] = Federation.Participants,
        };
        foreach (var (key, value) in more)
        {
            settings["Evaluator:" + key] = value;
        }

        return settings;
    }

    public async Task StartAsync(int evaluator, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(Settings(evaluator, settings));
        builder.Logging.ClearProviders().AddProvider(Log).SetMinimumLevel(LogLevel.Information);
        var host = EvaluatorHost.Build(builder);
        await host.StartAsync();
        _hosts[evaluator] = host;
    }

    /// <summary>An evaluator that answers as the test says, with the second one's identity.</summary>
    public async Task StartLiarAsync(Func<EvaluateRequest, EvaluateResponse> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddFederationIdentity(Federation.Options(IdentityOf(Second)));
        builder.Services.AddSingleton(new Liar(answer));
        builder.Services.AddGrpc();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseFederationTls(kestrel.ApplicationServices)));
        var host = builder.Build();
        host.MapGrpcService<Liar>();
        await host.StartAsync();
        _hosts[Second] = host;
    }

    public async Task StopAsync(int evaluator)
    {
        _hosts.Remove(evaluator, out var host);
        await host!.StopAsync();
        await host.DisposeAsync();
    }

    public Uri Address(int evaluator, int listener = 0) => new(Addresses(evaluator)[listener].Replace("http://", listener == 0 ? "https://" : "http://", StringComparison.Ordinal));

    /// <summary>A participant's source of pseudonyms.</summary>
    public OprfPseudonymSource Source(int participant = Wijkteam, TimeSpan? deadline = null, Uri? second = null, bool single = false)
    {
        var credentials = Federation.Credentials(IdentityOf(participant));
        var options = new PseudonymSourceOptions
        {
            KeysFile = KeysFile, Deadline = deadline ?? TimeSpan.FromSeconds(20), AllowSingleEvaluator = single,
            Evaluators = [new() { Address = Address(First), Oin = TestFederation.OinOf(First).Value }],
        };
        if (!single)
        {
            options.Evaluators.Add(new() { Address = second ?? Address(Second), Oin = TestFederation.OinOf(Second).Value });
        }

        var source = new OprfPseudonymSource(options, oin => credentials.CreateHandler(oin), TimeProvider.System, new LoggerFactory([Log]));
        _disposables.Add(source);
        return source;
    }

    /// <summary>The bare service, for calls no honest client makes.</summary>
    public EvaluatorService.EvaluatorServiceClient Client(int participant = Wijkteam, int evaluator = First)
    {
        var channel = GrpcChannel.ForAddress(Address(evaluator), new GrpcChannelOptions
        {
            HttpHandler = Federation.Credentials(IdentityOf(participant)).CreateHandler(TestFederation.OinOf(evaluator)), DisposeHttpClient = true,
        });
        _disposables.Add(channel);
        return new EvaluatorService.EvaluatorServiceClient(channel);
    }

    public TestIdentity IdentityOf(int number) => _identities.TryGetValue(number, out var identity) ? identity : _identities[number] = Federation.Good(number);

    public async ValueTask DisposeAsync()
    {
        _disposables.ForEach(d => d.Dispose());
        foreach (var host in _hosts.Values)
        {
            await host.StopAsync();
            await host.DisposeAsync();
        }

        Federation.Dispose();
    }

    private string[] Addresses(int evaluator) =>
        [.. _hosts[evaluator].Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    private sealed class Liar(Func<EvaluateRequest, EvaluateResponse> answer) : EvaluatorService.EvaluatorServiceBase
    {
        public override Task<EvaluateResponse> Evaluate(EvaluateRequest request, ServerCallContext context) => Task.FromResult(answer(request));
    }
}
