using Keten.Contracts;
using Keten.Gateway.Own;
using Keten.Gateway.Pipeline;
using Keten.Gateway.Purpose;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Keten.Gateway.Routing;

/// <summary>
/// Step 5: on to the target's adapter, with the permit, within the deadline; the cluster is found by OIN, whatever their number. What is asked of
/// the gateway itself ends here.
/// </summary>
internal sealed partial class TargetRouting(IProxyStateLookup clusters, PermitWriter permits, TimeProvider time, ILogger<TargetRouting> logger)
{
    /// <summary>For a call that names no deadline: nothing waits for ever.</summary>
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(30);

    /// <summary>A subscription is decided anew at least this often; the adapter ends it a little earlier, with words.</summary>
    private static readonly TimeSpan SubscriptionLimit = TimeSpan.FromMinutes(16);

    public async Task ForwardAsync(Call call, RequestDelegate forward)
    {
        var http = call.Http;
        ClusterState? cluster = null;
        var own = OwnParticipant.Is(call.Target!);
        if (own != OwnServices.IsOwn(http))
        {
            // Allowed by the policy, and yet at the wrong door: the gateway has no such service, or only the gateway has.
            await RefusalWriter.WriteAsync(call, (Refused)Refusals.OperationNotOffered);
            return;
        }

        if (!own && (call.Target!.Adapter is null || !clusters.TryGetCluster(call.Target.Oin.Value, out cluster)))
        {
            await RefusalWriter.WriteAsync(call, (Refused)Refusals.TargetNotReachable);
            return;
        }

        var streams = call.Operation is { Streams: true };
        var longest = streams ? SubscriptionLimit : GrpcDeadline.Longest;
        var limit = GrpcDeadline.Read(http.Request.Headers) ?? (streams ? SubscriptionLimit : DefaultDeadline);
        limit = limit < longest ? limit : longest;
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
        call.Bodies = CountedBodies.Attach(http);
        http.Response.Headers[KetenHeaders.TransactionId] = call.TransactionId;
        if (cluster is not null)
        {
            permits.Write(call, limit);
            http.ReassignProxyRequest(cluster);
        }

        try
        {
            await forward(http);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // A service of the gateway's own gave up; YARP says so in another way, below.
            if (!hungUp.IsCancellationRequested)
            {
                await RefusalWriter.WriteAsync(call, (Refused)Refusals.DeadlinePassed);
            }

            return;
        }
        catch (Exception problem)
        {
            // It was decided and recorded, so how it ended is recorded too: nothing leaves here as an exception.
            Log.Failed(logger, call.DecisionId, problem.GetType().FullName ?? "");
            await RefusalWriter.WriteAsync(call, (Refused)Refusals.Internal);
            return;
        }
        finally
        {
            http.RequestAborted = hungUp;
        }

        if (http.GetForwarderErrorFeature() is not null && !hungUp.IsCancellationRequested)
        {
            await RefusalWriter.WriteAsync(
                call, (Refused)(deadline.IsCancellationRequested ? Refusals.DeadlinePassed : Refusals.TargetNotReachable));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4101, LogLevel.Error, "Decision {DecisionId}: forwarding failed with {ProblemType}")]
        public static partial void Failed(ILogger logger, string decisionId, string problemType);
    }
}
