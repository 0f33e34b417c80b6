using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.DecisionLog.Tests;
using Keten.Gateway.BreakGlass;
using Keten.Gateway.Following;
using Keten.Gateway.Management.Access;
using Keten.Gateway.Management.Log;
using Keten.Identity;
using Keten.Protocol.V1;
using Keten.TestKit.Pki;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Keten.Gateway.Tests.Management;

/// <summary>A decision log on real files, and the management listener over mTLS through which it is read and reviewed.</summary>
internal sealed class TheLog : IAsyncDisposable
{
    public const string Caller = TheManagement.Wijkteam;
    public const string Target = TheManagement.Gemeente;
    public const string Professional = "mw-17";

    private readonly TestFederation _federation = new();
    private readonly TempLog _files = new();
    private readonly TheClients _clients;
    private readonly X509Certificate2 _officer;
    private TheManagement _management = null!;

    private TheLog()
    {
        _clients = new TheClients(_federation);
        _officer = _clients.Identity(Caller);
    }

    public FakeTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow());

    public string Directory => _files.Directory;

    public ReviewQueue Queue => _management.Services.GetRequiredService<ReviewQueue>();

    public IServiceProvider Services => _management.Services;

    /// <summary>Position of the queue in the log, as a restart would find it.</summary>
    public long Position => CountFile.Read(Directory, "break-glass-review.follower");

    /// <param name="role">Of the officer, whose certificate is of the organisation that asks.</param>
    /// <param name="more">What a test brings instead.</param>
    public static async Task<TheLog> StartAsync(string role = OperatorRoles.SecurityOfficer, Action<IServiceCollection>? more = null)
    {
        var it = new TheLog();
        await it.StartGatewayAsync(role, more);
        return it;
    }

    public async Task RestartAsync()
    {
        await _management.DisposeAsync();
        await StartGatewayAsync(OperatorRoles.SecurityOfficer, null);
    }

    public HttpClient Of(string oin) => _clients.To(_management, _clients.Identity(oin));

    public HttpClient Officer() => _clients.To(_management, _officer);

    public List<DecisionRecord> Records() => [.. DecisionLogReader.Read(Directory).Select(r => r.Decision).OfType<DecisionRecord>()];

    public List<ReviewRecord> Reviews() => [.. DecisionLogReader.Read(Directory).Select(r => r.Review).OfType<ReviewRecord>()];

    /// <summary>Questions to the log that are on the log.</summary>
    public List<DecisionRecord> Asked() => Records().FindAll(r => r.EnforcementPoint == "log");

    public async Task<DecisionRecord> AppendAsync(Action<DecisionRecord>? change = null)
    {
        var record = Some.Decision(UuidV7.Create(Time.GetUtcNow()));
        var decision = record.Decision;
        decision.Caller.Oin = Caller;
        decision.Target.Oin = Target;
        decision.Actor = Professional;
        decision.DecidedAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(Time.GetUtcNow());
        record.RecordedAt = decision.DecidedAt;
        change?.Invoke(decision);
        await _management.Services.GetRequiredService<IDecisionLog>().AppendAsync(record, TestContext.Current.CancellationToken);
        return decision;
    }

    public Task<DecisionRecord> AppendBreakGlassAsync(Action<DecisionRecord>? change = null) => AppendAsync(decision =>
    {
        (decision.BreakGlass, decision.ReasonCode, decision.Purpose) = (true, "ALLOWED_BREAK_GLASS", "crisis-afstemmen");
        decision.Justification = "Kind alleen thuis met gewonde moeder";
        decision.Obligations.Add(["review-24h", "notify-target-privacy-officer"]);
        change?.Invoke(decision);
    });

    public static async Task<(int Status, string Code)> ReviewAsync(
        HttpClient http, string decisionId, string verdict = "accepted", string reviewer = "pf-2", string? code = null, string? remark = null)
    {
        var (status, body, _) = await TheManagement.PostAsync(
            http, $"/v1/break-glass/{decisionId}/review", JsonSerializer.Serialize(new { verdict, reviewer, remarkCode = code, remark }));
        return (status, status == 200 ? body.GetProperty("state").GetString()! : body.GetProperty("code").GetString()!);
    }

    public static async Task<List<JsonElement>> ListAsync(HttpClient http, string state = "open")
    {
        var body = await http.GetStringAsync($"/v1/break-glass?state={state}", TestContext.Current.CancellationToken);
        return [.. JsonDocument.Parse(body).RootElement.GetProperty("items").EnumerateArray()];
    }

    /// <summary>The lines of an answer; the last says where to go on.</summary>
    public static async Task<List<JsonElement>> LinesAsync(HttpClient http, string query = "")
    {
        var body = await http.GetStringAsync($"/v1/decisions{query}", TestContext.Current.CancellationToken);
        return [.. body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    public static async Task<(HttpStatusCode Status, string Body)> GetAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(path, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        _clients.Dispose();
        await _management.DisposeAsync();
        _files.Dispose();
        _federation.Dispose();
    }

    private async Task StartGatewayAsync(string role, Action<IServiceCollection>? more)
    {
        var gateway = _federation.Good(9, "Gateway");
        _management = await TheManagement.StartAsync(
            services =>
            {
                more?.Invoke(services);
                services.AddSingleton<TimeProvider>(Time).AddFederationIdentity(_federation.Options(gateway));
                services.AddDecisionLog(options => options.Directory = Directory).AddDecisionLogSubscriber<ReviewQueue>()
                    .AddHostedService<ReviewMetrics>().AddSingleton<ReviewDesk>().AddLogAccess();
            },
            new IPEndPoint(IPAddress.Any, 0), new OperatorOptions { Name = "officer-1", PublicKeySha256 = TheClients.PinOf(_officer), Roles = [role] });
    }
}
