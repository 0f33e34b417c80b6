using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Keten.Adapters.Sdk.Hosting;
using Keten.Contracts.Identifiers;
using Keten.Demo;
using Keten.DecisionLog;
using Keten.Identity;
using Keten.Protocol.V1;
using Keten.TestKit;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Keten.EndToEnd;

/// <summary>
/// NAW is entered once: the gemeente changes an address in its own database and the wijkteam's copy is right within seconds, each value read
/// under its purpose and on the record.
/// </summary>
public sealed class KeptPersonTests : IAsyncLifetime
{
    private readonly RunningFederation _running = new();
    private CaseSystemService.CaseSystemServiceClient _wijkteam = null!;
    private GrpcChannel _channel = null!;
    private string _client = "";

    private Federation Federation => _running.Federation;

    public async ValueTask InitializeAsync()
    {
        await _running.InitializeAsync();
        var host = Federation.Hosts["wijkteam"];
        host.Services.GetRequiredService<AdapterOptions>().Gateway = Federation.GatewayAddress.ToString();
        var oin = _running.Scenario.Participant("wijkteam").Oin;
        var issued = Path.Combine(Path.GetDirectoryName(Federation.Authority.CertificatePath)!, "issued", oin);
        var credentials = FederationCredentials.Load(
            Federation.Authority.CertificatePath, Federation.Authority.CrlPath, Path.Combine(issued, "cert.pem"), Path.Combine(issued, "key.pem"));
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(1);
        _channel = GrpcChannel.ForAddress(address.Replace("http://", "https://", StringComparison.Ordinal), new GrpcChannelOptions
        {
            HttpHandler = credentials.CreateHandler(Oin.Parse(oin)), DisposeHttpClient = true,
        });
        _wijkteam = new CaseSystemService.CaseSystemServiceClient(_channel);
        _client = Scalar(Federation.Systems["wijkteam"].AdapterDatabase, "SELECT client_id FROM involvement LIMIT 1");
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _running.DisposeAsync();
    }

    [Fact]
    public async Task An_address_that_is_changed_at_its_source_is_right_in_the_copy_within_seconds_and_both_decisions_are_on_record()
    {
        var before = (await KeepAsync()).Kept;
        Assert.NotEqual("Nieuwstraat", before.Person.Street);
        Assert.True(before.DeleteAt > before.ReadAt);
        await Within.SecondsAsync(10, () => Decisions("WatchPerson").Any(), "the subscription");

        var started = TimeProvider.System.GetTimestamp();
        Change("Nieuwstraat");
        GetKeptPersonResponse now = null!;
        await Within.SecondsAsync(20, async () =>
        {
            now = await GetAsync(before.Etag);
            return now.Kept.Person is not null;
        }, "the copy to follow");
        TestContext.Current.TestOutputHelper!.WriteLine($"right after {TimeProvider.System.GetElapsedTime(started).TotalMilliseconds:0} ms");

        Assert.Equal("Nieuwstraat", now.Kept.Person.Street);
        Assert.Null((await GetAsync(now.Kept.Etag)).Kept.Person);
        var changed = (await HeardAsync(n => n.PersonChanged is not null)).PersonChanged;
        Assert.Equal((_running.Scenario.Participant("gemeente").Oin, "naw-hergebruik", "street"), (changed.AboutOin, changed.Purpose, Assert.Single(changed.Fields)));
        Assert.Single(Decisions("WatchPerson"));
        Assert.Equal([before.Terms.DecisionId, now.Kept.Terms.DecisionId], Decisions("GetPerson").TakeLast(2).Select(d => d.DecisionId));
    }

    [Fact]
    public async Task A_copy_ends_with_the_own_involvement()
    {
        await KeepAsync();
        var involvement = Scalar(Federation.Systems["wijkteam"].AdapterDatabase, $"SELECT involvement_id FROM involvement WHERE client_id = '{_client}'");
        await _wijkteam.ReportInvolvementAsync(new ReportInvolvementRequest
        {
            InvolvementId = involvement, Change = Protocol.V1.Change.Ended, Actor = "mw-17", ActorRole = "casusregisseur",
            AssertedFacts = ByteString.CopyFromUtf8("""{"subject_informed": true, "subject_age": 9}"""),
        });

        Assert.Equal("PERSON_NOT_KEPT", await ReasonAsync(() => GetAsync()));
        Assert.Equal("0", Scalar(Federation.Systems["wijkteam"].AdapterDatabase, "SELECT COUNT(*) FROM kept_person"));
    }

    [Fact]
    public async Task A_copy_nobody_may_have_is_refused_and_one_that_is_dropped_is_gone()
    {
        Assert.Equal("UNKNOWN_PURPOSE", await ReasonAsync(() => KeepAsync(r => r.Purpose = "spoedhulp-onbekend")));
        Assert.Equal("CLIENT_UNKNOWN", await ReasonAsync(() => KeepAsync(r => r.ClientId = "99999999")));
        Assert.Equal("REPORT_INVALID", await ReasonAsync(() => KeepAsync(r => r.SourceOin = "12")));

        await KeepAsync();
        await _wijkteam.DropPersonAsync(new DropPersonRequest { ClientId = _client, SourceOin = Source, Purpose = "naw-hergebruik" });
        Assert.Equal("PERSON_NOT_KEPT", await ReasonAsync(() => GetAsync()));
    }

    private string Source => _running.Scenario.Participant("gemeente").Oin;

    private async Task<KeepPersonResponse> KeepAsync(Action<KeepPersonRequest>? with = null)
    {
        var request = new KeepPersonRequest
        {
            ClientId = _client, SourceOin = Source, Purpose = "naw-hergebruik", Actor = "mw-17", ActorRole = "casusregisseur",
            AssertedFacts = ByteString.CopyFromUtf8("""{"subject_informed": true, "subject_age": 9}"""),
        };
        with?.Invoke(request);
        return await _wijkteam.KeepPersonAsync(request);
    }

    private async Task<GetKeptPersonResponse> GetAsync(string etag = "") =>
        await _wijkteam.GetKeptPersonAsync(new GetKeptPersonRequest { ClientId = _client, SourceOin = Source, Purpose = "naw-hergebruik", Etag = etag });

    private async Task<Notification> HeardAsync(Func<Notification, bool> wanted)
    {
        using var call = _wijkteam.StreamNotifications(new StreamNotificationsRequest { ResumeToken = "0" });
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await call.ResponseStream.MoveNext(limit.Token))
        {
            if (wanted(call.ResponseStream.Current.Notification))
            {
                return call.ResponseStream.Current.Notification;
            }
        }

        throw new InvalidOperationException("The stream ended.");
    }

    private IEnumerable<DecisionRecord> Decisions(string method) => _running.Decisions().Where(d => d.Operation.EndsWith("/" + method, StringComparison.Ordinal)
        && d.Allowed && d.Caller.Oin == _running.Scenario.Participant("wijkteam").Oin);

    /// <summary>As an official of the gemeente does, in the gemeente's own system.</summary>
    private void Change(string street)
    {
        using var connection = new SqliteConnection($"Data Source={Federation.Systems["gemeente"].SourceDatabase};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE adres SET straatnaam = $street";
        command.Parameters.AddWithValue("$street", street);
        Assert.True(command.ExecuteNonQuery() > 0);
    }

    private static async Task<string?> ReasonAsync<T>(Func<Task<T>> call)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await call());
        return failure.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>()?.Reason;
    }

    private static string Scalar(string database, string query)
    {
        using var connection = new SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A test's own words.
        command.CommandText = query;
#pragma warning restore CA2100
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture)!;
    }
}
