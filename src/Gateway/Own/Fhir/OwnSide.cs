using Google.Protobuf;
using Grpc.Core;
using Keten.Contracts;
using Keten.Fhir;

namespace Keten.Gateway.Own.Fhir;

/// <summary>The gateway answers behind its pipeline, where the call was decided and recorded; the service itself takes off what is kept back.</summary>
internal sealed class OwnSide(OwnIdKey key) : IFhirSide
{
    public bool HasPatient => false;

    public Task CallAsync<TRequest, TResponse>(TRequest request, FhirCallContext context, UnaryServerMethod<TRequest, TResponse> method)
        where TRequest : class
        where TResponse : class => method(request, context);

    public FhirTerms TermsOf(FhirCallContext context)
    {
        var call = OwnAnswer.CallOf(context);
        var fields = call.Decision!.Fields;
        var partial = call.Operation!.Fields.Except(fields, StringComparer.Ordinal).Any();
        return new FhirTerms(call.Caller!.Oin.Value, call.Target!.Oin.Value, call.Subject?.Value ?? "", fields, partial) { DecisionId = call.DecisionId, Purpose = call.Purpose };
    }

    /// <summary>The service has done so.</summary>
    public void Prune(FhirCallContext context, IMessage answer)
    {
    }

    public Exception Refusing(Refusal refusal) => new FhirRefusedException(refusal);

    public ValueTask<byte[]> IdKeyAsync(CancellationToken cancellationToken) => new(key.Get());
}
