using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Grpc.Net.Client;
using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Keten.Adapters.Sdk.Fhir.Subscriptions;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Adapters.Sdk.Tests.Hosting;
using Keten.Protocol.V1;
using Keten.TestKit;
using Microsoft.Extensions.DependencyInjection;
using static Hl7.Fhir.Model.Subscription;
using Task = System.Threading.Tasks.Task;

namespace Keten.Adapters.Sdk.Tests.Fhir.Subscriptions;

/// <summary>A case system that speaks FHIR to its own adapter, with a client nobody here wrote.</summary>
internal static class TheCaseSystem
{
    public const string Secret = "Bearer s3cret-of-the-case-system";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>An adapter that tells its Subscriptions; the test's adapters have no background work unless asked.</summary>
    public static TheAdapter StartTelling(string? directory = null) => TheAdapter.Start(services => services.AddHostedService<SubscriptionSender>(), directory);

    public static HttpClient Http(this GrpcChannel door) => new(new OverHttp2()) { BaseAddress = new Uri($"http://{door.Target}/fhir/") };

    public static FhirClient Fhir(this GrpcChannel door, ResourceFormat format = ResourceFormat.Json) =>
        new(new Uri($"http://{door.Target}/fhir/"), door.Http(), new FhirClientSettings { PreferredFormat = format, VerifyFhirVersion = true });

    public static Subscription Some(string criteria = "CareTeam?", string endpoint = "https://zaaksysteem.example/told", params string[] headers) => new()
    {
        Status = SubscriptionStatus.Requested, Reason = "Zaaksysteem wijkteam", Criteria = criteria,
        Channel = new ChannelComponent { Type = SubscriptionChannelType.RestHook, Endpoint = endpoint, Header = headers },
    };

    public static async Task<(HttpStatusCode Status, string Text, HttpResponseMessage Answer)> SendAsync(
        this GrpcChannel door, string method, string path, byte[]? body = null, string type = "application/fhir+json", Action<HttpRequestMessage>? with = null)
    {
        using var http = door.Http();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        with?.Invoke(request);
        var answer = await http.SendAsync(request, Stop);
        return (answer.StatusCode, Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(Stop)), answer);
    }

    /// <summary>Something comes in from the gateway.</summary>
    public static async Task TellAsync(this TheAdapter adapter, params Notification[] notifications)
    {
        await adapter.Store.WriteAsync(
            transaction => notifications.Count(notification => Inbox.Add(transaction, notification, adapter.Time.GetUtcNow())), Stop);
        adapter.Services.GetRequiredService<InboxWake>().Signal();
    }

    public static Notification Match(string id = "n1") => new() { NotificationId = id, Subject = ThePermit.Child.Value, Match = new Match { AboutOin = "00000099000000001003" } };

    /// <summary>Waits, while the adapter's clock runs.</summary>
    public static Task WhileTimePassesAsync(this TheAdapter adapter, Func<Task<bool>> condition) => Within.SecondsAsync(30, async () =>
    {
        adapter.Time.Advance(TimeSpan.FromSeconds(5));
        return await condition();
    });

    /// <inheritdoc cref="WhileTimePassesAsync(TheAdapter, Func{Task{bool}})"/>
    public static Task WhileTimePassesAsync(this TheAdapter adapter, Func<bool> condition) => adapter.WhileTimePassesAsync(() => Task.FromResult(condition()));

    // The test's doors have no TLS to agree on a version with.
    private sealed class OverHttp2() : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
