using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Protocol.V1;
using Microsoft.Extensions.Options;

namespace Keten.Adapters.Sdk.Webhook;

/// <summary>The other end: posts one notification, signed.</summary>
internal sealed class WebhookReceiver
{
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default);

    private readonly string _url;
    private readonly WebhookSignature _signature;
    private readonly WebhookConnection _connection;
    private readonly TimeProvider _time;

    public WebhookReceiver(IOptions<InvolvementExchangeOptions> options, WebhookConnection connection, TimeProvider time)
    {
        var webhook = options.Value.Webhook;
        WebhookSignature.TryReadSecrets(webhook.SecretFile, out var secrets);
        (_url, _signature, _connection, _time) = (webhook.Url, new WebhookSignature(secrets), connection, time);
    }

    /// <summary>Posts the same message the stream gives, as protobuf JSON.</summary>
    public async Task<WebhookAnswer> PostAsync(StreamNotificationsResponse message, CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetBytes(Json.Format(message));
        using var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(WebhookSignature.Header, _signature.Of(body, _time.GetUtcNow()));
        request.Headers.Add("Keten-Notification-Id", message.Notification.NotificationId);
        return await _connection.SendAsync(request, cancellationToken);
    }
}
