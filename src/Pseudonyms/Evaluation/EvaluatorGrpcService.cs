using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.Identity;
using Keten.Oprf;
using Keten.Protocol.V1;
using Keten.Pseudonyms.Budgets;
using Keten.Pseudonyms.Keys;

namespace Keten.Pseudonyms.Evaluation;

/// <summary>Who calls → may it → is there room → is the question well formed → take it from the budget, on record → multiply and prove.</summary>
internal sealed partial class EvaluatorGrpcService(
    KeyRing keys, EvaluationLedger ledger, Admission admission, TimeProvider time, ILogger<EvaluatorGrpcService> logger) : EvaluatorService.EvaluatorServiceBase
{
    public override async Task<EvaluateResponse> Evaluate(EvaluateRequest request, ServerCallContext context)
    {
        var participant = Entitled(context);
        using var place = await admission.EnterAsync(participant, context.CancellationToken);
        if (!place.IsAcquired)
        {
            throw Refuse(participant, EvaluatorRefusals.RateLimited);
        }

        var elements = Read(participant, request);
        var started = time.GetTimestamp();
        if (!keys.TryUse(request.KeyId, share => Answer(participant, share, elements), out var response))
        {
            throw Refuse(participant, EvaluatorRefusals.KeyUnknown);
        }

        Instruments.Evaluated(participant, response!.KeyId, elements.Count, time.GetElapsedTime(started));
        return response;
    }

    public override Task<GetKeysResponse> GetKeys(GetKeysRequest request, ServerCallContext context)
    {
        _ = Entitled(context);
        return Task.FromResult(new GetKeysResponse { Keys = { keys.Describe(Describe) } });
    }

    private EvaluateResponse Answer(Oin participant, KeyShare share, List<GroupElement> elements)
    {
        Charge(participant, elements.Count, share.Id);
        var evaluated = share.Key!.Evaluate(elements);
        return new EvaluateResponse
        {
            KeyId = share.Id,
            Epoch = share.Epoch,
            PublicKey = UnsafeByteOperations.UnsafeWrap(share.Key.PublicKey.ToArray()),
            Proof = UnsafeByteOperations.UnsafeWrap(DleqProof.Prove(share.Key, elements, evaluated)),
            EvaluatedElements = { evaluated.Select(e => UnsafeByteOperations.UnsafeWrap(e.ToArray())) },
        };
    }

    private Oin Entitled(ServerCallContext context)
    {
        var (caller, certificate, refusal) = context.GetHttpContext().Identify();
        if (caller is null)
        {
            throw Refuse(certificate?.Oin ?? default, refusal ?? Refusals.ParticipantUnknown);
        }

        return caller.Status != ParticipantStatus.Active ? throw Refuse(caller.Oin, EvaluatorRefusals.ParticipantNotActive)
            : !BsnEntitlement.Types.Contains(caller.OrganisationType) ? throw Refuse(caller.Oin, EvaluatorRefusals.NotEntitledToBsn)
            : caller.Oin;
    }

    private List<GroupElement> Read(Oin participant, EvaluateRequest request)
    {
        if (request.BlindedElements.Count is 0 or > DleqProof.MaxElements)
        {
            throw Refuse(participant, EvaluatorRefusals.BatchSizeInvalid);
        }

        var elements = new List<GroupElement>(request.BlindedElements.Count);
        foreach (var bytes in request.BlindedElements)
        {
            elements.Add(GroupElement.TryParse(bytes.Span, out var element) ? element : throw Refuse(participant, EvaluatorRefusals.ElementInvalid));
        }

        return elements;
    }

    private void Charge(Oin participant, int count, string keyId)
    {
        bool held;
        try
        {
            held = ledger.TryCharge(participant, count, keyId);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Log.NotRecorded(logger, fault.Message);
            throw Refuse(participant, EvaluatorRefusals.LogUnavailable);
        }

        if (!held)
        {
            throw Refuse(participant, EvaluatorRefusals.BudgetExhausted);
        }
    }

    private RpcException Refuse(Oin participant, Refusal refusal)
    {
        Instruments.Refused(refusal.Code);
        Log.Refused(logger, participant.Value ?? "", refusal.Code);
        return new Google.Rpc.Status
        {
            Code = (int)refusal.Status,
            Message = refusal.English,
            Details =
            {
                Any.Pack(new Google.Rpc.ErrorInfo { Domain = "keten", Reason = refusal.Code }),
                Any.Pack(new Google.Rpc.LocalizedMessage { Locale = "nl", Message = refusal.Dutch }),
            },
        }.ToRpcException();
    }

    private static EvaluatorKey Describe(KeyShare share) => new()
    {
        KeyId = share.Id,
        State = share.State == ShareState.Active ? KeyState.Active : KeyState.Retiring,
        PublicKey = ByteString.CopyFrom(share.Key!.PublicKey.ToArray()),
        Epoch = share.Epoch,
        CreatedAt = share.Created.ToTimestamp(),
        RetiresAt = share.Retires?.ToTimestamp(),
    };

    private static partial class Log
    {
        [LoggerMessage(8721, LogLevel.Warning, "Participant {Participant} refused: {Reason}.")]
        public static partial void Refused(ILogger logger, string participant, string reason);

        [LoggerMessage(8722, LogLevel.Error, "The log of evaluations cannot be written, so nothing is evaluated: {Fault}")]
        public static partial void NotRecorded(ILogger logger, string fault);
    }
}
