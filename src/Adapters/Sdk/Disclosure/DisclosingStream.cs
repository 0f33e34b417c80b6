using Grpc.Core;

namespace Keten.Adapters.Sdk.Disclosure;

/// <summary>A subscription's stream: every message is decided again, pruned and logged on its own before it leaves.</summary>
internal sealed class DisclosingStream<T>(DisclosurePipeline pipeline, VerifiedCall call, IServerStreamWriter<T> stream, ServerCallContext context)
    : IServerStreamWriter<T>
{
    private int _sequence;

    public WriteOptions? WriteOptions
    {
        get => stream.WriteOptions;
        set => stream.WriteOptions = value;
    }

    public async Task WriteAsync(T message)
    {
        if (_sequence > 0)
        {
            await pipeline.AdmitAgainAsync(call, context.CancellationToken);
        }

        DisclosurePipeline.Prune(call, message!);
        await pipeline.LogAsync(call, _sequence, context.CancellationToken);
        if (_sequence == 0)
        {
            await DisclosurePipeline.AnswerTermsAsync(call, context);
        }

        _sequence++;
        await stream.WriteAsync(message, context.CancellationToken);
    }
}
