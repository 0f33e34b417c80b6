using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Keten.Adapters.Sdk.Hosting;
using Keten.Adapters.Sdk.Ports;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Sdk.Disclosure;

/// <summary>Puts the disclosure pipeline around every service method that others may call, and keeps each listener to its own services.</summary>
internal sealed partial class DisclosureInterceptor(DisclosurePipeline pipeline, OperationCatalogue catalogue, ILogger<DisclosureInterceptor> logger)
    : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            if (OperationOf(context) is not { } operation)
            {
                return await continuation(request, context);
            }

            var call = await pipeline.AdmitAsync(context, operation);
            return operation.Delivers ? await AcceptAsync(call) : await DiscloseAsync(call);
        }
        catch (Exception problem) when (IsOurs(context, problem))
        {
            throw Refusal(context, problem);
        }

        async Task<TResponse> DiscloseAsync(VerifiedCall call)
        {
            var response = await ReadAsync(call, () => continuation(request, context));
            DisclosurePipeline.Prune(call, response);
            await pipeline.LogAsync(call, 0, response, context.CancellationToken);
            await DisclosurePipeline.AnswerTermsAsync(call, context);
            return response;
        }

        async Task<TResponse> AcceptAsync(VerifiedCall call)
        {
            await pipeline.RefuseSurplusAsync(call, request, context.CancellationToken);
            await pipeline.LogAsync(call, 0, answer: null, context.CancellationToken);
            var response = await continuation(request, context);
            await DisclosurePipeline.AnswerTermsAsync(call, context);
            return response;
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            if (OperationOf(context) is not { } operation)
            {
                await continuation(request, responseStream, context);
                return;
            }

            var call = await pipeline.AdmitAsync(context, operation);
            await ReadAsync(call, async () =>
            {
                await continuation(request, new DisclosingStream<TResponse>(pipeline, call, responseStream, context), context);
                return true;
            });
        }
        catch (Exception problem) when (IsOurs(context, problem))
        {
            throw Refusal(context, problem);
        }
    }

    /// <summary>A source that fails half-way has been read from: that goes on the record as well.</summary>
    private async Task<T> ReadAsync<T>(VerifiedCall call, Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception problem) when (problem is not AdapterRefusedException and not OperationCanceledException)
        {
            await pipeline.LogFailureAsync(call, RefusalOf(problem));
            throw;
        }
    }

    /// <summary>No contract streams from the caller. One that does comes through here only when it is given a pipeline of its own.</summary>
    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        throw Refusal(context, new AdapterRefusedException(Refusals.OperationNotOffered));

    /// <summary>The organisation's own case system only: no contract streams from another organisation.</summary>
    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            if (OperationOf(context) is not null)
            {
                throw new AdapterRefusedException(Refusals.OperationNotOffered);
            }

            await continuation(requestStream, responseStream, context);
        }
        catch (IOException gone)
        {
            // The sender's connection broke in the middle: nobody is left to answer.
            throw new RpcException(new Grpc.Core.Status(StatusCode.Cancelled, "The sender went away.", gone));
        }
        catch (Exception problem) when (IsOurs(context, problem))
        {
            throw Refusal(context, problem);
        }
    }

    /// <summary>The local API says what it refuses by itself. At the gateway's door an RpcException is somebody else's, for instance of a source behind a port.</summary>
    private static bool IsOurs(ServerCallContext context, Exception problem) => problem is not RpcException || DoorOf(context) != AdapterListenerKind.CaseSystem;

    private static AdapterListenerKind? DoorOf(ServerCallContext context) => context.GetHttpContext().Features.Get<AdapterListener>()?.Kind;

    /// <summary>Null for a local method, which only the organisation's own listener may call; the other way round for what others may call.</summary>
    private Operation? OperationOf(ServerCallContext context)
    {
        var listener = DoorOf(context);
        var known = catalogue.TryGet(context.Method, out var operation);
        return known == (listener == AdapterListenerKind.Gateway) && listener is not null ? operation
            : throw new AdapterRefusedException(Refusals.OperationNotOffered);
    }

    private RpcException Refusal(ServerCallContext context, Exception problem)
    {
        var refusal = RefusalOf(problem);
        if (refusal == Refusals.Internal)
        {
            // The type only: a message of someone else's exception may hold what must not be in a log.
            Log.Failed(logger, context.Method, problem.GetType().FullName ?? "");
        }
        else if (problem is SourceUnavailableException)
        {
            Log.SourceUnavailable(logger, context.Method, problem.Message);
        }

        return Rpc(refusal, PermitVerifier.IdsOf(context));
    }

    private static Refusal RefusalOf(Exception problem) => problem switch
    {
        AdapterRefusedException refused => refused.Refusal,
        SourceUnavailableException => Refusals.SourceUnavailable,
        OperationCanceledException => Refusals.DeadlinePassed,
        _ => Refusals.Internal,
    };

    private static RpcException Rpc(Refusal refusal, (string Decision, string Transaction) ids)
    {
        var status = new Google.Rpc.Status
        {
            Code = (int)refusal.Status,
            Message = refusal.English,
            Details =
            {
                Any.Pack(new ErrorInfo { Domain = "keten", Reason = refusal.Code, Metadata = { ["decision_id"] = ids.Decision, ["transaction_id"] = ids.Transaction } }),
                Any.Pack(new LocalizedMessage { Locale = "nl", Message = refusal.Dutch }),
                Any.Pack(new LocalizedMessage { Locale = "en", Message = refusal.English }),
            },
        };
        return new RpcException(
            new Grpc.Core.Status(refusal.Status, refusal.English),
            new Metadata { { KetenHeaders.Reason, refusal.Code }, { "grpc-status-details-bin", status.ToByteArray() } });
    }

    private static partial class Log
    {
        [LoggerMessage(7001, LogLevel.Error, "{Method} failed: {ProblemType}; nothing was disclosed")]
        public static partial void Failed(ILogger logger, string method, string problemType);

        [LoggerMessage(7002, LogLevel.Warning, "{Method}: the source does not answer. {Problem}")]
        public static partial void SourceUnavailable(ILogger logger, string method, string problem);
    }
}
