using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.DecisionLog.Tests;
using Keten.Gateway.Management.Access;
using Keten.Gateway.Management.Log;
using Keten.Identity;
using Keten.Protocol.V1;
using Keten.TestKit.Pki;
using Microsoft.Extensions.DependencyInjection;

namespace Keten.Gateway.Tests.Management;

/// <summary>Erasing a person from a real log, through the management listener.</summary>
public sealed class ErasureEndpointTests : IDisposable
{
    private const string Path = "/v1/log/erasures";
    private readonly TempLog _temp = new();
    private SegmentedDecisionLog? _log;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task While_records_must_be_kept_it_is_409_with_the_date_and_force_goes_before_it()
    {
        await using var it = await StartAsync();
        await AppendAsync();

        var (status, body, _) = await it.PostAsync(Path, Request(TheManagement.Child));
        Assert.Equal((409, "SUBJECT_MUST_BE_KEPT"), (status, body.GetProperty("code").GetString()));
        Assert.Matches(@"until \d{4}-\d\d-\d\d", body.GetProperty("detail").GetString()!);
        Assert.True(Decision().Sealed.IsEmpty);
        var recorded = Assert.Single(Asked());
        Assert.Equal(("POST /v1/log/erasures", "erase", false, "loopback"), (recorded.Operation, recorded.Action, recorded.Allowed, recorded.AskedBy));

        (status, body, _) = await it.PostAsync(Path, Request(TheManagement.Child, force: true));
        Assert.Equal((200, 1), (status, body.GetProperty("keys").GetInt32()));
        Assert.False(Decision().Sealed.IsEmpty);
        var erased = DecisionLogReader.Read(_temp.Directory).Last().SubjectErased;
        Assert.Equal(("loopback", "AVG 17.1.d", true), (erased.ErasedBy, erased.Ground, erased.Forced));
    }

    [Fact]
    public async Task Of_whom_the_log_holds_nothing_there_is_nothing_to_erase()
    {
        await using var it = await StartAsync();
        await AppendAsync();
        var (status, body, _) = await it.PostAsync(Path, Request(TheManagement.Stranger, force: true));
        Assert.Equal((200, 0), (status, body.GetProperty("keys").GetInt32()));
    }

    [Theory]
    [InlineData("""{"subject": "jan jansen", "ground": "AVG 17"}""")]
    [InlineData($$"""{"subject": "{{TheManagement.Child}}"}""")]
    [InlineData($$"""{"subject": "{{TheManagement.Child}}", "ground": " "}""")]
    [InlineData($$"""{"subject": "{{TheManagement.Child}}", "ground": "two\nlines"}""")]
    [InlineData($$"""{"subject": "{{TheManagement.Child}}", "ground": "voor 999990019", "force": true}""")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task What_is_no_request_is_400_recorded_and_erases_nothing(string request)
    {
        await using var it = await StartAsync();
        await AppendAsync();
        var (status, body, _) = await it.PostAsync(Path, request);
        Assert.Equal((400, "LOG_QUESTION_INVALID"), (status, body.GetProperty("code").GetString()));
        Assert.Single(Asked());
        Assert.True(Decision().Sealed.IsEmpty);
    }

    [Theory]
    [InlineData("privacy-officer", HttpStatusCode.OK)]
    [InlineData("security-officer", HttpStatusCode.Forbidden)]
    [InlineData("operator", HttpStatusCode.Forbidden)]
    [InlineData(null, HttpStatusCode.Forbidden)]
    public async Task Only_a_privacy_officer_may(string? role, HttpStatusCode expected)
    {
        using var federation = new TestFederation();
        var gateway = federation.Good(9, "Gateway");
        var issued = federation.Authority.Issue(Oin.Parse(role is null ? TheManagement.Wijkteam : "00000099000000009001"), "Test", null);
        using var certificate = X509Certificate2.CreateFromPemFile(issued.CertificatePath, issued.KeyPath);
        OperatorOptions[] operators = role is null ? []
            : [new() { Name = "officer-1", Roles = [role], PublicKeySha256 = Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())) }];
        await using var it = await StartAsync(services => services.AddFederationIdentity(federation.Options(gateway)), operators);
        await AppendAsync();

        using var http = new HttpClient(FederationCredentials.Load(federation.TrustAnchors, federation.RevocationList, issued.CertificatePath, issued.KeyPath).CreateHandler(gateway.Oin)) { BaseAddress = new Uri($"https://127.0.0.1:{it.Port}") };
        Assert.Equal((int)expected, (await TheManagement.PostAsync(http, Path, Request(TheManagement.Child, force: true))).Status);
        Assert.Equal(expected != HttpStatusCode.OK, Decision().Sealed.IsEmpty);
    }

    private async Task<TheManagement> StartAsync(Action<IServiceCollection>? more = null, params OperatorOptions[] operators)
    {
        SegmentedDecisionLog? log = null;
        var it = await TheManagement.StartAsync(
            services =>
            {
                more?.Invoke(services);
                services.AddDecisionLog(options => options.Directory = _temp.Directory);
                services.AddLogAccess();
                services.AddHostedService(provider => new Grab(() => log = provider.GetRequiredService<SegmentedDecisionLog>()));
            },
            more is null ? null : new IPEndPoint(IPAddress.Any, 0), operators);
        _log = log;
        return it;
    }

    private async Task AppendAsync()
    {
        var record = new LogRecord { Decision = new DecisionRecord { DecisionId = "d", Subject = TheManagement.Child, DecidedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch) } };
        await _log!.AppendAsync(record, TestContext.Current.CancellationToken);
    }

    /// <summary>What the log says of the requests themselves.</summary>
    private List<DecisionRecord> Asked() =>
        [.. DecisionLogReader.Read(_temp.Directory).Select(record => record.Decision).OfType<DecisionRecord>().Where(decision => decision.EnforcementPoint == "log")];

    private LogRecord Decision() => DecisionLogReader.Read(_temp.Directory).First();

    private static string Request(string subject, bool force = false) => JsonSerializer.Serialize(new { subject, ground = "AVG 17.1.d", force });

    private sealed class Grab(Action grab) : Microsoft.Extensions.Hosting.IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            grab();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
