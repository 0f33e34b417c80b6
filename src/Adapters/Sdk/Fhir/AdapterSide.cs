using Google.Protobuf;
using Grpc.Core;
using Keten.Adapters.Sdk.Disclosure;
using Keten.Contracts;
using Keten.Fhir;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>An adapter answers behind the interceptor that gRPC comes through too: what comes out has been decided, pruned and logged.</summary>
internal sealed class AdapterSide(DisclosureInterceptor interceptor, FhirIdKey key) : IFhirSide
{
    public bool HasPatient => true;

    public Task CallAsync<TRequest, TResponse>(TRequest request, FhirCallContext context, UnaryServerMethod<TRequest, TResponse> method)
        where TRequest : class
        where TResponse : class => interceptor.UnaryServerHandler(request, context, method);

    public FhirTerms TermsOf(FhirCallContext context)
    {
        var call = VerifiedCall.Of(context);
        var partial = call.Operation.Fields.Except(call.Decision.Fields, StringComparer.Ordinal).Any();
        return new FhirTerms(call.Permit.Caller.Oin, call.Permit.Target.Oin, call.Permit.Subject, call.Decision.Fields, partial)
        {
            DecisionId = call.Permit.DecisionId, Purpose = call.Permit.Purpose,
        };
    }

    public void Prune(FhirCallContext context, IMessage answer) => DisclosurePipeline.Prune(VerifiedCall.Of(context), answer);

    public Exception Refusing(Refusal refusal) => new AdapterRefusedException(refusal);

    public ValueTask<byte[]> IdKeyAsync(CancellationToken cancellationToken) => key.GetAsync(cancellationToken);
}
