using System.Runtime.CompilerServices;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Tests.Hosting;
using Keten.Protocol.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TheAdapter = Keten.Adapters.Sdk.Tests.Hosting.TheAdapter;

namespace Keten.Adapters.Sdk.Tests.InvolvementExchange;

public sealed class NotificationFeedTests
{
    [Fact]
    public async Task A_notification_whose_client_cannot_be_looked_up_now_comes_without_it_and_holds_up_none_after_it()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var adapter = TheAdapter.Start(services => services.Replace(ServiceDescriptor.Singleton<IClientDirectory>(new AwayDirectory())));
        await adapter.Store.WriteAsync(
            transaction => Inbox.Add(transaction, Some("n1"), adapter.Time.GetUtcNow()) && Inbox.Add(transaction, Some("n2"), adapter.Time.GetUtcNow()), cancellation);

        using var stream = new CaseSystemService.CaseSystemServiceClient(adapter.CaseSystemDoor)
            .StreamNotifications(new StreamNotificationsRequest(), cancellationToken: cancellation);
        foreach (var id in new[] { "n1", "n2" })
        {
            Assert.True(await stream.ResponseStream.MoveNext(cancellation));
            Assert.Equal((id, ""), (stream.ResponseStream.Current.Notification.NotificationId, stream.ResponseStream.Current.ClientId));
        }

        Assert.Equal(2, adapter.Log.Lines.Count(line => line.Id == 5315 && line.Text.Contains("InvalidOperationException", StringComparison.Ordinal)));
        Assert.DoesNotContain(adapter.Log.Lines, line => line.Text.Contains(AwayDirectory.Secret, StringComparison.Ordinal));
    }

    private static Notification Some(string id) => new() { NotificationId = id, Subject = ThePermit.Child.Value, LeadMissing = new LeadMissing() };

    /// <summary>Does not answer, and puts what it was doing into its message, as drivers do.</summary>
    private sealed class AwayDirectory : IClientDirectory
    {
        public const string Secret = "999912112";

        public async IAsyncEnumerable<OwnClient> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            yield return await FindAsync("", cancellationToken) ?? throw new InvalidOperationException();
        }

        public Task<OwnClient?> FindAsync(string clientId, CancellationToken cancellationToken) => throw new InvalidOperationException($"reading {Secret}");
    }
}
