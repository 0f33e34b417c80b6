using Google.Protobuf;
using Grpc.Core;
using Keten.Adapters.Sdk.Logbook;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Pseudonyms;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.Policy;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Disclosure;

/// <summary>The order in which the adapter handles a call: verify, resolve, decide again, read, prune, log the disclosure, answer.</summary>
internal sealed class DisclosurePipeline(
    PermitVerifier verifier, PseudonymIndex clients, SecondDecision second, DisclosureLog log, TimeProvider time, IPersonFactsSource? facts = null)
{
    /// <summary>Verify, resolve, decide again. A refusal is on the log before it is thrown.</summary>
    public async Task<VerifiedCall> AdmitAsync(ServerCallContext context, Operation operation)
    {
        var started = time.GetUtcNow();
        var span = TraceSpan.Of(context);
        var permit = verifier.Verify(context, operation);
        var clientId = Pseudonym.TryParse(permit.Subject, out var person) ? await clients.FindClientAsync(person, context.CancellationToken) : null;
        var decision = await DecideAsync(permit, operation, clientId, span, started, context.CancellationToken);
        var call = new VerifiedCall(operation, permit, clientId, decision, span, started);
        call.Attach(context);
        return call;
    }

    /// <summary>Before each later message of a subscription: the ground may be gone since.</summary>
    public async Task AdmitAgainAsync(VerifiedCall call, CancellationToken cancellationToken) =>
        call.Decision = await DecideAsync(call.Permit, call.Operation, call.ClientId, call.Span.Child(), time.GetUtcNow(), cancellationToken);

    /// <summary>A delivery that carries more than it may is refused whole: silently dropping what a professional wrote is dangerous.</summary>
    public async Task RefuseSurplusAsync<TRequest>(VerifiedCall call, TRequest request, CancellationToken cancellationToken)
        where TRequest : class
    {
        var message = (IMessage)request;
        var known = call.Operation.DataMessage.Parser.WithDiscardUnknownFields(true).ParseFrom(message.ToByteArray());
        if (FieldPruner.For(call.Operation, call.Decision.Fields).CarriesMore(message) || known.CalculateSize() != message.CalculateSize())
        {
            throw await RefusedAsync(call, Refusals.FieldNotPermitted, cancellationToken);
        }
    }

    /// <summary>Takes off what is not allowed.</summary>
    public static void Prune(VerifiedCall call, object response) =>
        FieldPruner.For(call.Operation, call.Decision.Fields).Prune((IMessage)response);

    /// <summary>On the log, once per decision and message: a second use of the same decision is refused here.</summary>
    /// <param name="call">The call.</param>
    /// <param name="sequence">0 for a single answer; counts on for the messages of a subscription.</param>
    /// <param name="answer">The message as it leaves; null for a delivery, which tells of nobody else.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task LogAsync(VerifiedCall call, int sequence, object? answer, CancellationToken cancellationToken)
    {
        var others = answer is null ? [] : OtherPersons.In(answer, call.Permit.Subject);
        if (!await log.RecordAsync(DisclosureRecord.Disclosed(call, sequence, others, time.GetUtcNow()), cancellationToken))
        {
            throw await RefusedAsync(call, Refusals.DecisionReplayed, cancellationToken);
        }
    }

    /// <summary>It was allowed, and then it failed here: data may have been read, so it is a processing as well.</summary>
    public Task LogFailureAsync(VerifiedCall call, Refusal refusal) => RefusedAsync(call, refusal, CancellationToken.None);

    /// <summary>The terms, before the data.</summary>
    public static Task AnswerTermsAsync(VerifiedCall call, ServerCallContext context)
    {
        var decision = call.Decision;
        var disclosure = new Protocol.V1.Disclosure
        {
            DecisionId = call.Permit.DecisionId,
            RetentionDays = decision.RetentionDays,
            BreakGlass = decision.BreakGlass,
            ReasonCode = decision.ReasonCode,
        };
        disclosure.Fields.Add(decision.Fields);
        disclosure.Obligations.Add(decision.Obligations);
        disclosure.LegalBasis.Add(decision.LegalBasis);
        return context.WriteResponseHeadersAsync(new Metadata { { KetenHeaders.Disclosure, disclosure.ToByteArray() } });
    }

    private async Task<PolicyDecision> DecideAsync(
        Decision permit, Operation operation, string? clientId, TraceSpan span, DateTimeOffset started, CancellationToken cancellationToken)
    {
        var known = clientId is not null && facts is not null ? await facts.GetAsync(clientId, cancellationToken) : PersonFacts.Unknown;
        try
        {
            var decision = await second.DecideAsync(permit, operation, known, cancellationToken);
            return decision.Allow ? decision : throw new AdapterRefusedException(
                new Refusal(decision.CallerCode, StatusCode.PermissionDenied, decision.CallerTextEn, decision.CallerTextNl), decision.ReasonCode, decision.Revision);
        }
        catch (AdapterRefusedException refused)
        {
            await log.RecordAsync(DisclosureRecord.Refused(permit, refused, span, started, time.GetUtcNow()), cancellationToken);
            throw;
        }
    }

    private async Task<AdapterRefusedException> RefusedAsync(VerifiedCall call, Refusal refusal, CancellationToken cancellationToken)
    {
        var refused = new AdapterRefusedException(refusal, policyRevision: call.Decision.Revision);
        await log.RecordAsync(DisclosureRecord.Refused(call.Permit, refused, call.Span.Child(), call.StartedAt, time.GetUtcNow()), cancellationToken);
        return refused;
    }
}
