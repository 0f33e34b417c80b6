using Google.Protobuf;
using Grpc.Core;
using Keten.Adapters.Sdk.Disclosure;
using Keten.Adapters.Sdk.Hosting;
using Keten.Contracts;

namespace Keten.Adapters.Sdk.Services;

/// <summary>
/// Turns a source that can only be read into a subscription: reads again at an interval and sends what has changed. Ends when the permit's ground
/// must be decided anew.
/// </summary>
internal sealed class SourceWatch(AdapterOptions options, TimeProvider time)
{
    /// <summary>Just under the gateway's own limit, so that the caller hears it in words.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    public async Task RunAsync<T>(Func<Task<T>> read, IServerStreamWriter<T> stream, ServerCallContext context)
        where T : class, IMessage<T>, IDeepCloneable<T>
    {
        var started = time.GetTimestamp();
        using var interval = new PeriodicTimer(options.WatchInterval, time);
        T? last = null;
        do
        {
            var now = await read();
            if (!now.Equals(last))
            {
                last = now.Clone();
                await stream.WriteAsync(now);
            }
        }
        while (time.GetElapsedTime(started) < Limit && await interval.WaitForNextTickAsync(context.CancellationToken));

        throw new AdapterRefusedException(Refusals.SubscriptionEnded);
    }
}
