using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.Gateway.Involvement;
using Keten.Gateway.Management;
using Keten.Gateway.Management.Access;
using Keten.Identity;
using Keten.Policy;
using Keten.Protocol.V1;
using Keten.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Keten.Gateway.Tests.Management;

/// <summary>The management listener on a real socket, with the real policy; registry, view and log are in the test's hand.</summary>
internal sealed class TheManagement : IAsyncDisposable, IParticipantRegistry, IInvolvementView, IDecisionLog
{
    public const string Wijkteam = "00000099000000001004";
    public const string Gemeente = "00000099000000001003";
    public const string Suspended = "00000099000000001009";
    public const string Child = "k1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    public const string Stranger = "k1.BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA";

    private readonly Dictionary<string, Participant> _participants = new(StringComparer.Ordinal)
    {
        [Wijkteam] = Someone(Wijkteam, "wijkteam", "active"), [Gemeente] = Someone(Gemeente, "gemeente", "active"),
        [Suspended] = Someone(Suspended, "gemeente", "suspended"),
    };

    private WebApplication _app = null!;

    public List<DecisionRecord> Records { get; } = [];

    /// <summary>What appending ends with; null: durable.</summary>
    public Exception? LogFault { get; set; }

    public IServiceProvider Services => _app.Services;

    public HttpClient Http { get; private set; } = null!;

    public int Port { get; private set; }

    IReadOnlyCollection<Participant> IParticipantRegistry.All => _participants.Values;

    /// <param name="more">What a test adds or brings instead.</param>
    /// <param name="endpoint">Where it listens; null: on loopback.</param>
    /// <param name="operators">Who may do more.</param>
    public static async Task<TheManagement> StartAsync(
        Action<IServiceCollection>? more = null, IPEndPoint? endpoint = null, params OperatorOptions[] operators)
    {
        var it = new TheManagement();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenForManagement(endpoint ?? new IPEndPoint(IPAddress.Loopback, 0)));
        more?.Invoke(builder.Services);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddHealthChecks();
        builder.Services.AddHostMetrics("test");
        builder.Services.AddPolicyEngine(builder.Configuration);
        builder.Services.AddSingleton<IParticipantRegistry>(it).AddSingleton<IInvolvementView>(it).TryAddSingleton<IDecisionLog>(it);
        builder.Services.AddSingleton(new ManagementAccess(operators, it));
        it._app = builder.Build();
        it._app.MapManagement();
        it._app.UseRouting();

        // Stands where the route to the participants' adapters stands: nothing from here may reach it.
        it._app.Map("/{**any}", () => Results.Text("forwarded"));
        await it._app.StartAsync(TestContext.Current.CancellationToken);
        it.Port = new Uri(it._app.Urls.First()).Port;
        it.Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{it.Port}") };
        return it;
    }

    public Task<(int Status, JsonElement Body, HttpResponseHeaders Headers)> PostAsync(string path, string body, string? requestId = null) =>
        PostAsync(Http, path, body, requestId);

    public static async Task<(int Status, JsonElement Body, HttpResponseHeaders Headers)> PostAsync(HttpClient http, string path, string body, string? requestId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (requestId is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Request-ID", requestId);
        }

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var json = response.Content.Headers.ContentType?.MediaType is "application/json" or "application/problem+json" ? JsonDocument.Parse(text).RootElement.Clone()
            : JsonSerializer.SerializeToElement(text);
        return ((int)response.StatusCode, json, response.Headers);
    }

    public ValueTask AppendAsync(LogRecord record, CancellationToken cancellationToken)
    {
        if (LogFault is not null)
        {
            throw LogFault;
        }

        Records.Add(record.Decision);
        return ValueTask.CompletedTask;
    }

    bool IInvolvementView.IsComplete => true;

    bool IInvolvementView.IsInvolved(Oin organisation, Pseudonym person, string purpose) => person.Value == Child;

    bool IInvolvementView.IsInvited(Oin organisation, Pseudonym person, string purpose) => false;

    bool IParticipantRegistry.TryGet(Oin oin, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out Participant participant) =>
        _participants.TryGetValue(oin.Value, out participant);

    IChangeToken IParticipantRegistry.GetReloadToken() => new CancellationChangeToken(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }

    private static Participant Someone(string oin, string type, string status) =>
        new() { Oin = Oin.Parse(oin), Name = type, OrganisationType = type, Status = status };
}
