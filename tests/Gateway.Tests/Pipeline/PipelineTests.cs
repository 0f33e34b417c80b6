using Grpc.Core;
using Grpc.Net.Client;
using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.DecisionLog;
using Keten.DecisionLog.Checkpoints;
using Keten.Identity;
using Keten.Policy;
using Keten.Protocol.V1;
using Keten.TestKit;
using Keten.TestKit.Pki;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keten.Gateway.Tests.Pipeline;

/// <summary>The whole gateway over mTLS, with a policy engine and a decision log that do what the test says, and a target that counts.</summary>
public sealed class PipelineTests : IAsyncLifetime
{
    private readonly TestFederation _federation = new();
    private readonly EmbeddedBroker _broker = new();
    private readonly TheEngine _engine = new();
    private readonly TheLog _log = new();
    private readonly TheLines _lines = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(40));
    private WebApplication _target = null!;
    private WebApplication _gateway = null!;
    private GrpcChannel _channel = null!;
    private TestIdentity _caller = null!;
    private (Oin Gateway, Oin Target) _oins;
    private int _forwarded;
    private RequestDelegate _answer = AnswerAsync;

    public async ValueTask InitializeAsync()
    {
        var (gateway, caller, target) = (_federation.Good(1, "Gateway"), _federation.Good(2, "Wijkteam"), _federation.Good(3, "Gemeente"));
        (_caller, _oins) = (caller, (gateway.Oin, target.Oin));
        _target = Target(target);
        await _target.StartAsync();
        _federation.Register(
            TestFederation.Participant(caller.Oin), TestFederation.Participant(target.Oin, "gemeente") with { Adapter = AddressOf(_target) });
        await _broker.EnsureAsync(TopicLayout.For([caller.Oin, target.Oin]), _limit.Token);
        _gateway = Gateway(gateway);
        await _gateway.StartAsync();
        await _gateway.Services.GetRequiredService<Keten.Gateway.Involvement.InvolvementReadiness>().CaughtUp.WaitAsync(_limit.Token);
        _channel = GrpcChannel.ForAddress(AddressOf(_gateway), new GrpcChannelOptions
        {
            HttpHandler = _federation.Credentials(caller).CreateHandler(gateway.Oin), DisposeHttpClient = true,
        });
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _gateway.StopAsync();
        await _gateway.DisposeAsync();
        await _target.StopAsync();
        await _target.DisposeAsync();
        await _broker.DisposeAsync();
        _limit.Dispose();
        _federation.Dispose();
    }

    [Fact]
    public async Task What_is_allowed_is_on_the_record_before_it_is_forwarded_and_how_it_ended_after()
    {
        var recorded = -1;
        _answer = http =>
        {
            recorded = _log.Decisions.Count;
            return AnswerAsync(http);
        };
        await Assert.ThrowsAsync<RpcException>(AskAsync);
        Assert.Equal((1, 1), (_forwarded, recorded));
        await Within.SecondsAsync(10, () => _log.Outcomes.Count == 1, "the outcome");
        Assert.Equal((_log.Decisions[0].DecisionId, (int)StatusCode.NotFound), (_log.Outcomes[0].DecisionId, _log.Outcomes[0].GrpcStatus));
    }

    [Fact]
    public async Task When_the_decision_cannot_be_recorded_nothing_is_forwarded()
    {
        _log.Fault = (_, _) => new IOException("disk full");
        await RefusedAsync("DECISION_LOG_UNAVAILABLE", recorded: 0);
    }

    [Fact]
    public async Task When_the_policy_fails_nothing_is_forwarded_and_that_is_on_the_record()
    {
        _engine.Answer = (_, _) => throw new InvalidOperationException("999912112");
        await RefusedAsync("POLICY_UNAVAILABLE", recorded: 1);
    }

    [Fact]
    public async Task When_the_policy_does_not_answer_nothing_is_forwarded_and_that_is_on_the_record()
    {
        _engine.Answer = (_, _) => new ValueTask<PolicyDecision>(new TaskCompletionSource<PolicyDecision>().Task);
        await RefusedAsync("POLICY_UNAVAILABLE", recorded: 1);
    }

    [Fact]
    public async Task When_the_policy_denies_nothing_is_forwarded_and_the_exact_code_stays_inside()
    {
        _engine.Answer = (_, _) => ValueTask.FromResult(Calls.Denied);
        await RefusedAsync("ACCESS_NOT_PERMITTED", recorded: 1);
        Assert.Equal("TARGET_NOT_INVOLVED", _log.Decisions[0].ReasonCode);
    }

    [Fact]
    public async Task A_number_that_may_be_a_BSN_is_not_forwarded()
    {
        _log.Fault = (record, _) => record.Decision?.Actor.Length > 0 ? new BsnInRecordException("decision.actor") : null;
        await RefusedAsync("PERSONAL_DATA_IN_METADATA", recorded: 1);
    }

    [Fact]
    public async Task A_caller_that_hangs_up_leaves_the_outcome_on_the_record()
    {
        var reached = new TaskCompletionSource();
        _answer = async http =>
        {
            reached.SetResult();
            await new TaskCompletionSource().Task.WaitAsync(http.RequestAborted);
        };
        using var hangUp = new CancellationTokenSource();
        var asking = AskAsync(hangUp.Token);
        await reached.Task.WaitAsync(_limit.Token);
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => asking);
        await Within.SecondsAsync(10, () => _log.Outcomes.Count == 1, "the outcome");
        Assert.Equal(_log.Decisions[0].DecisionId, _log.Outcomes[0].DecisionId);
    }

    [Fact]
    public async Task A_target_that_does_not_keep_to_the_length_it_promised_does_not_keep_the_outcome_off_the_record()
    {
        _answer = async http =>
        {
            http.Response.ContentType = "application/grpc";
            http.Response.ContentLength = 100;
            await http.Response.Body.WriteAsync(new byte[5]);
            await http.Response.Body.FlushAsync();
            http.Abort();
        };
        await Assert.ThrowsAsync<RpcException>(AskAsync);
        await Within.SecondsAsync(10, () => _log.Outcomes.Count == 1, "the outcome");
    }

    private Task AskAsync() => AskAsync(_limit.Token);

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        var headers = new Metadata
        {
            { KetenHeaders.Purpose, "naw-hergebruik" }, { KetenHeaders.Target, TestFederation.OinOf(3).Value }, { KetenHeaders.Subject, Calls.Child.Value },
            { KetenHeaders.Actor, "med-1" }, { KetenHeaders.ActorRole, "wijkcoach" },
        };
        await new PersonService.PersonServiceClient(_channel).GetPersonAsync(new GetPersonRequest(), headers, cancellationToken: cancellationToken);
    }

    private async Task RefusedAsync(string reason, int recorded)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(AskAsync);
        Assert.Equal(reason, refused.Trailers.GetValue(KetenHeaders.Reason));
        Assert.Equal((0, recorded), (_forwarded, _log.Decisions.Count));
        Assert.All(_log.Decisions, d => Assert.False(d.Allowed));
        Assert.Empty(_log.Outcomes);
    }

    [Fact]
    public async Task No_url_is_in_the_log_whatever_the_configuration_says()
    {
        using var http = new HttpClient(_federation.Credentials(_caller).CreateHandler(_oins.Gateway)) { BaseAddress = AddressOf(_gateway) };
        foreach (var query in new[] { "?identifier=http://fhir.nl/fhir/NamingSystem/bsn|999912112", "?identifier=999912112", "/999912112", "%zz/999912112?%" })
        {
            using var answer = await http.GetAsync($"/{_oins.Target}/fhir/Patient{query}", _limit.Token);
            Assert.False(answer.IsSuccessStatusCode);
        }

        Assert.Contains(_lines.All, line => line.Contains("Microsoft.", StringComparison.Ordinal));
        Assert.DoesNotContain(_lines.All, line => line.Contains("999912112", StringComparison.Ordinal) || line.Contains("fhir/Patient", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_from_the_management_port_is_forwarded()
    {
        using var http = new HttpClient();
        var management = _gateway.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(1);
        foreach (var path in new[] { $"/{_oins.Target}/fhir/Patient", "/keten.person.v1.PersonService/GetPerson", $"/{_oins.Gateway}/fhir/metadata" })
        {
            using var answer = await http.GetAsync(new Uri(new Uri(management), path), _limit.Token);
            Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.StatusCode);
        }

        Assert.Equal(0, _forwarded);
        Assert.Empty(_log.Decisions);
    }

    private static async Task AnswerAsync(HttpContext http)
    {
        http.Response.ContentType = "application/grpc";
        await http.Response.StartAsync();
        http.Features.Get<IHttpResponseTrailersFeature>()!.Trailers["grpc-status"] = "5";
    }

    private WebApplication Target(TestIdentity identity)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddFederationIdentity(_federation.Options(identity, registry: false));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseFederationTls(kestrel.ApplicationServices)));
        var host = builder.Build();
        host.Run(http =>
        {
            if (http.Request.Path == "/healthz")
            {
                return Task.CompletedTask;
            }

            Interlocked.Increment(ref _forwarded);
            return _answer(http);
        });
        return host;
    }

    private WebApplication Gateway(TestIdentity identity)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(_lines);
        var key = Path.Combine(_federation.Root, "log.key");
        NoteSigningKey.LoadOrCreate(key, "gateway.keten.example/decisions");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Gateway:Listen"] = "127.0.0.1:0", ["Gateway:ManagementListen"] = "127.0.0.1:0", ["Gateway:Kafka:BootstrapServers"] = _broker.BootstrapServers,
            ["Gateway:DecisionLog:SigningKey"] = key,
            ["Logging:LogLevel:Default"] = "Trace", ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "Trace", ["Logging:Lines:LogLevel:Default"] = "Trace",
            ["Gateway:DecisionLog:Directory"] = Path.Combine(_federation.Root, "decisions"), ["Gateway:Federation:TrustAnchors"] = _federation.TrustAnchors,
            ["Gateway:Federation:RevocationList"] = _federation.RevocationList, ["Gateway:Federation:Certificate"] = identity.CertificatePath,
            ["Gateway:Federation:PrivateKey"] = identity.KeyPath, ["Gateway:Federation:Participants"] = _federation.Participants,
        });
        builder.Services.AddSingleton<IPolicyEngine>(_engine).AddSingleton<IDecisionLog>(_log);
        return GatewayHost.Build(builder);
    }

    private static Uri AddressOf(WebApplication host) =>
        new(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First().Replace("http://", "https://", StringComparison.Ordinal));
}
