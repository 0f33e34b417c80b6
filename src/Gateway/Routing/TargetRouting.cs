using Keten.Contracts;
using Keten.Gateway.Pipeline;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Forwarder;

namespace Keten.Gateway.Routing;

/// <summary>Step 5: on to the target's adapter, with the permit, within the deadline. The cluster is found by OIN, whatever their number.</summary>
internal sealed class TargetRouting(IProxyStateLookup clusters, PermitWriter permits, TimeProvider time)
{
    /// <summary>For a call that names no deadline: nothing waits for ever.</summary>
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(30);

    /// <summary>A subscription is decided anew at least this often; the adapter ends it a little earlier, with words.</summary>
    private static readonly TimeSpan SubscriptionLimit = TimeSpan.FromMinutes(16);

    public async Task ForwardAsync(Call call, RequestDelegate forward)
    {
        var http = call.Http;
        if (call.Target!.Adapter is null || !clusters.TryGetCluster(call.Target.Oin.Value, out var cluster))
        {
            await RefusalWriter.WriteAsync(call, (Refused)Refusals.TargetNotReachable);
            return;
        }

        var limit = GrpcDeadline.Read(http.Request.Headers) ?? (call.Operation!.Streams ? SubscriptionLimit : DefaultDeadline);
        if (limit <= TimeSpan.Zero)
        {
            await RefusalWriter.WriteAsync(call, (Refused)Refusals.DeadlinePassed);
            return;
        }

        using var deadline = new CancellationTokenSource(limit, time);
        var hungUp = http.RequestAborted;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(hungUp, deadline.Token);
        http.RequestAborted = either.Token;

        http.Features.Set(call);
        permits.Write(call, limit);
        http.Response.Headers[KetenHeaders.TransactionId] = call.TransactionId;
        http.ReassignProxyRequest(cluster);
        await forward(http);

        http.RequestAborted = hungUp;
        if (http.GetForwarderErrorFeature() is not null && !hungUp.IsCancellationRequested)
        {
            await RefusalWriter.WriteAsync(
                call, (Refused)(deadline.IsCancellationRequested ? Refusals.DeadlinePassed : Refusals.TargetNotReachable));
        }
    }
}
