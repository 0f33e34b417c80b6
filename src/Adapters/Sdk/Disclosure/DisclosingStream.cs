using Grpc.Core;
using Keten.Contracts;
using Keten.Policy;

namespace Keten.Adapters.Sdk.Disclosure;

/// <summary>A subscription's stream: every message is decided again, pruned and logged on its own before it leaves.</summary>
internal sealed class DisclosingStream<T>(DisclosurePipeline pipeline, VerifiedCall call, IServerStreamWriter<T> stream, ServerCallContext context)
    : IServerStreamWriter<T>
    where T : class
{
    private int _sequence;
    private T? _last;
    private PolicyDecision? _announced;

    public WriteOptions? WriteOptions
    {
        get => stream.WriteOptions;
        set => stream.WriteOptions = value;
    }

    public async Task WriteAsync(T message)
    {
        if (_announced is { } terms)
        {
            await pipeline.AdmitAgainAsync(call, context.CancellationToken);
            RefuseOtherTerms(terms);
        }

        DisclosurePipeline.Prune(call, message!);
        if (_announced is not null && message!.Equals(_last))
        {
            // What changed is not for this caller, and neither is that it changed.
            return;
        }

        await pipeline.LogAsync(call, _sequence, message, context.CancellationToken);
        if (_announced is null)
        {
            await DisclosurePipeline.AnswerTermsAsync(call, context);
            _announced = call.Decision;
        }

        _sequence++;
        _last = message;
        await stream.WriteAsync(message, context.CancellationToken);
    }

    /// <summary>The terms went out before the first message and cannot be told again: what comes under others is for a new subscription.</summary>
    private void RefuseOtherTerms(PolicyDecision announced)
    {
        if (call.Decision.Fields.Except(announced.Fields).Any() || call.Decision.Obligations.Except(announced.Obligations).Any())
        {
            throw new AdapterRefusedException(Refusals.SubscriptionEnded);
        }
    }
}
