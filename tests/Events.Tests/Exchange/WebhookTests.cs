using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keten.Adapters.Sdk.Webhook;
using Keten.Contracts.Identifiers;
using Microsoft.Extensions.Options;

namespace Keten.Events.Tests.Exchange;

/// <summary>Notifications pushed to a real receiver: signed, in order, until taken, and never in the way of the stream.</summary>
public sealed class WebhookTests : IAsyncDisposable
{
    private readonly string _secrets = Path.GetTempFileName();
    private TheExchange _exchange = null!;
    private Oin _oin;

    public async ValueTask DisposeAsync()
    {
        await _exchange.DisposeAsync();
        File.Delete(_secrets);
    }

    [Fact]
    public async Task A_notification_is_pushed_signed_as_the_stream_has_it()
    {
        await using var receiver = await TheReceiver.StartAsync();
        var adapter = await StartAsync(receiver);
        var report = await adapter.ReportAsync();

        await Wait.UntilAsync(() => receiver.Taken.Count() == 1);

        Assert.True(receiver.Bodies.TryPeek(out var body));
        using var stream = adapter.Listen();
        Assert.Equal(await stream.NextAsync(Protocol.V1.Notification.ContentOneofCase.Receipt), body);
        Assert.Equal((report.InvolvementId, TheAdapter.Client), (body.Notification.Receipt.InvolvementId, body.ClientId));
    }

    [Fact]
    public async Task A_delivery_is_signed_with_both_secrets_while_they_are_changed()
    {
        await using var receiver = await TheReceiver.StartAsync();
        await File.WriteAllTextAsync(_secrets, "another-secret-another-secret-another\n" + TheReceiver.Secret + "\n");
        await StartAsync(receiver, keepSecrets: true);
        await TellAsync("n1");

        await Wait.UntilAsync(() => receiver.Taken.Count() == 1);
        Assert.True(receiver.Signatures.TryPeek(out var header));
        Assert.Equal(3, header.Split(',').Length);
    }

    [Fact]
    public async Task Each_persons_notifications_come_in_order_and_one_that_is_refused_holds_up_only_its_own_person()
    {
        await using var receiver = await TheReceiver.StartAsync();
        receiver.Answer = message => message.Notification.Subject == Person(0) ? 422 : 200;
        await StartAsync(receiver);
        for (var i = 0; i < 40; i++)
        {
            await TellAsync($"n{i}", Person(i % 4));
        }

        await Wait.UntilAsync(() => receiver.Taken.Count() == 30);

        Assert.All(receiver.Heard.Where(h => h.Status == 200).GroupBy(h => h.Person), person =>
            Assert.Equal(person.Select(h => int.Parse(h.Id[1..], System.Globalization.CultureInfo.InvariantCulture)).Order(),
                person.Select(h => int.Parse(h.Id[1..], System.Globalization.CultureInfo.InvariantCulture))));
        Assert.Equal(["n0"], receiver.Heard.Where(h => h.Status == 422).Select(h => h.Id).Distinct());
    }

    [Fact]
    public async Task A_receiver_that_fails_gets_the_same_again_until_it_takes_it()
    {
        await using var receiver = await TheReceiver.StartAsync();
        var failures = 0;
        receiver.Answer = _ => Interlocked.Increment(ref failures) <= 3 ? 500 : 204;
        await StartAsync(receiver);
        await TellAsync("n1");

        await Wait.UntilAsync(() => receiver.Taken.Any());
        Assert.Equal([("n1", 500), ("n1", 500), ("n1", 500), ("n1", 204)], receiver.Heard.Select(h => (h.Id, h.Status)));
    }

    [Fact]
    public async Task A_receiver_that_was_down_gets_everything_and_the_stream_never_waited()
    {
        var receiver = await TheReceiver.StartAsync();
        var port = new Uri(receiver.Address).Port;
        var adapter = await StartAsync(receiver);
        await receiver.DisposeAsync();
        for (var i = 0; i < 5; i++)
        {
            await TellAsync($"n{i}", Person(i));
        }

        using (var stream = adapter.Listen())
        {
            for (var i = 0; i < 5; i++)
            {
                await stream.MatchEndedAsync();
            }
        }

        await using var back = await TheReceiver.StartAsync(port);
        await Wait.UntilAsync(() => back.Taken.Count() == 5);
        Assert.Equal(["n0", "n1", "n2", "n3", "n4"], back.Taken.Order());
    }

    [Fact]
    public async Task An_adapter_that_stops_in_the_middle_goes_on_after_its_start_and_repeats_carry_the_same_id()
    {
        await using var receiver = await TheReceiver.StartAsync();
        var held = new TaskCompletionSource();
        var adapter = await StartAsync(receiver);
        await TellAsync("n1");
        await Wait.UntilAsync(() => receiver.Taken.Count() == 1);

        receiver.Hold = held.Task;
        await TellAsync("n2");
        await TellAsync("n3");
        await Wait.UntilAsync(() => receiver.Signatures.Count == 2);
        await _exchange.StopAsync(adapter);
        held.SetResult();
        await StartAsync(receiver, _oin);

        await Wait.UntilAsync(() => receiver.Taken.Contains("n3"));
        Assert.Equal(["n1", "n2", "n3"], receiver.Taken.Distinct());
    }

    [Fact]
    public async Task A_receiver_that_is_gone_gets_no_more_and_loses_nothing()
    {
        await using var receiver = await TheReceiver.StartAsync();
        receiver.Answer = _ => 410;
        var adapter = await StartAsync(receiver);
        await TellAsync("n1", Person(1));
        await Wait.UntilAsync(() => receiver.Heard.Count == 1);
        await TellAsync("n2", Person(2));
        using var stream = adapter.Listen();
        await stream.MatchEndedAsync();
        await stream.MatchEndedAsync();
        Assert.Single(receiver.Heard);

        await _exchange.StopAsync(adapter);
        receiver.Answer = _ => 200;
        await StartAsync(receiver, _oin);
        await Wait.UntilAsync(() => receiver.Taken.Count() == 2);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_a_slow_receiver_is_tried_again()
    {
        await using var receiver = await TheReceiver.StartAsync();
        var held = new TaskCompletionSource();
        receiver.Answer = message => message.Notification.NotificationId == "n1" ? 307 : 200;
        await StartAsync(receiver, with: o => o.Timeout = TimeSpan.FromSeconds(1));
        await TellAsync("n1", Person(1));
        await Wait.UntilAsync(() => receiver.Heard.Count == 1);

        receiver.Hold = held.Task;
        await TellAsync("n2", Person(2));
        await Wait.UntilAsync(() => receiver.Signatures.Count == 3);
        held.SetResult();
        await Wait.UntilAsync(() => receiver.Taken.Contains("n2"));
        Assert.Single(receiver.Heard, h => h.Status == 307);
    }

    [Fact]
    public async Task Over_TLS_only_the_named_authority_vouches_and_the_adapter_shows_its_certificate()
    {
        using var server = Certificate("CN=localhost");
        using var client = Certificate("CN=adapter");
        var (serverPath, clientPath, keyPath) = (Path.GetTempFileName(), Path.GetTempFileName(), Path.GetTempFileName());
        await File.WriteAllTextAsync(serverPath, server.ExportCertificatePem());
        await File.WriteAllTextAsync(clientPath, client.ExportCertificatePem());
        using (var key = client.GetECDsaPrivateKey()!)
        {
            await File.WriteAllTextAsync(keyPath, key.ExportPkcs8PrivateKeyPem());
        }

        await using var receiver = await TheReceiver.StartAsync(certificate: server, clientThumbprint: client.Thumbprint);
        var strict = await StartAsync(receiver, with: o => (o.ClientCertificate, o.ClientKey) = (clientPath, keyPath));
        await TellAsync("n1");
        await Wait.UntilAsync(() => TheDatabase.Count(_exchange, strict, "webhook_queue", "attempts > 0") == 1);
        Assert.Empty(receiver.Heard);

        await _exchange.StopAsync(strict);
        await StartAsync(receiver, _oin, o => (o.CertificateAuthority, o.ClientCertificate, o.ClientKey) = (serverPath, clientPath, keyPath));
        await Wait.UntilAsync(() => receiver.Taken.Count() == 1);
        foreach (var path in new[] { serverPath, clientPath, keyPath })
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("http://example.org/hook", "https")]
    [InlineData("ftp://localhost/hook", "https")]
    [InlineData("https://localhost/hook", "SecretFile")]
    public async Task A_webhook_that_is_not_safe_ends_the_start(string url, string says)
    {
        _exchange = await TheExchange.StartAsync();
        await File.WriteAllTextAsync(_secrets, says == "SecretFile" ? "short" : TheReceiver.Secret);
        var oin = await _exchange.RegisterAsync("wijkteam");
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => _exchange.StartAdapterAsync(oin, "wijkteam", with: o =>
            o.Webhook = new WebhookOptions { Url = url, SecretFile = _secrets }));
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(TheReceiver.Secret, fault.Message, StringComparison.Ordinal);
    }

    private async Task<TheAdapter> StartAsync(TheReceiver receiver, Oin? oin = null, Action<WebhookOptions>? with = null, bool keepSecrets = false)
    {
        _exchange ??= await TheExchange.StartAsync();
        _oin = oin ?? await _exchange.RegisterAsync("wijkteam");
        if (!keepSecrets)
        {
            await File.WriteAllTextAsync(_secrets, TheReceiver.Secret);
        }

        return await _exchange.StartAdapterAsync(_oin, "wijkteam", with: o =>
        {
            o.Webhook = new WebhookOptions { Url = receiver.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), SecretFile = _secrets };
            with?.Invoke(o.Webhook);
        });
    }

    private Task TellAsync(string id, string? about = null) => _exchange.TellAsync(_oin, about ?? Person(1), id);

    private static string Person(int number) => Pseudonym.Create("dev", SHA256.HashData([(byte)number])).Value;

    private static X509Certificate2 Certificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
