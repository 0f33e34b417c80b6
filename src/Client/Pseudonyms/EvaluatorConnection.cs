using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Keten.Contracts;
using Keten.Oprf;
using Keten.Protocol.V1;

namespace Keten.Client.Pseudonyms;

/// <summary>One evaluator: asks, tries again while it is away, and believes nothing without its proof.</summary>
internal sealed class EvaluatorConnection(string name, GrpcChannel channel, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly EvaluatorService.EvaluatorServiceClient _client = new(channel);

    /// <summary>The elements times this evaluator's share, proven against the public key that comes with it.</summary>
    /// <exception cref="PseudonymException">Refused, not answered in time, malformed or not proven.</exception>
    public async Task<ProvenEvaluation> EvaluateAsync(string keyId, IReadOnlyList<GroupElement> blinded, DateTime deadline, CancellationToken cancellationToken)
    {
        var request = new EvaluateRequest { KeyId = keyId, BlindedElements = { blinded.Select(e => UnsafeByteOperations.UnsafeWrap(e.ToArray())) } };
        var response = await AskAsync(request, deadline, cancellationToken);
        return await Task.Run(() => Check(keyId, blinded, response), cancellationToken);
    }

    public void Dispose() => channel.Dispose();

    private async Task<EvaluateResponse> AskAsync(EvaluateRequest request, DateTime deadline, CancellationToken cancellationToken)
    {
        for (var wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            try
            {
                return await _client.EvaluateAsync(request, new CallOptions(deadline: deadline, cancellationToken: cancellationToken));
            }
            catch (RpcException failed) when (failed.StatusCode == StatusCode.Unavailable && TimeProvider.System.GetUtcNow().UtcDateTime + wait < deadline)
            {
                await Task.Delay(wait, time, cancellationToken);
            }
            catch (RpcException failed) when (failed.StatusCode == StatusCode.Cancelled && cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(failed.Message, failed, cancellationToken);
            }
            catch (RpcException failed)
            {
                throw Explain(failed);
            }
        }
    }

    private PseudonymException Explain(RpcException failed)
    {
        var reason = failed.GetRpcStatus()?.GetDetail<ErrorInfo>() is { Domain: "keten" } error ? error.Reason : null;
        var refusal = EvaluatorRefusals.All.Concat(Refusals.All).FirstOrDefault(r => r.Code == reason)
            ?? (failed.StatusCode == StatusCode.DeadlineExceeded ? Refusals.DeadlinePassed
                : reason is not null ? new Refusal(reason, failed.StatusCode, "The evaluator refused.", "De evaluator weigert.")
                : PseudonymRefusals.EvaluatorNotReachable);
        return new PseudonymException(refusal, name, failed);
    }

    private ProvenEvaluation Check(string keyId, IReadOnlyList<GroupElement> blinded, EvaluateResponse response)
    {
        var evaluated = new List<GroupElement>(blinded.Count);
        foreach (var bytes in response.EvaluatedElements)
        {
            evaluated.Add(GroupElement.TryParse(bytes.Span, out var element) ? element : throw Malformed("an element is no point"));
        }

        return response.KeyId != keyId ? throw Malformed("another key than asked")
            : evaluated.Count != blinded.Count ? throw Malformed("another number of elements than asked")
            : !GroupElement.TryParse(response.PublicKey.Span, out var key) ? throw Malformed("its public key is no point")
            : !DleqProof.Verify(key, blinded, evaluated, response.Proof.Span) ? throw new PseudonymException(PseudonymRefusals.ProofInvalid, name)
            : new ProvenEvaluation(key, evaluated, response.Epoch);
    }

    private PseudonymException Malformed(string what) => new(PseudonymRefusals.AnswerMalformed, $"{name}: {what}");
}
