using Google.Protobuf;
using Grpc.Core;
using Keten.Contracts;

namespace Keten.Fhir;

/// <summary>Who answers, an adapter or the gateway itself, as far as a resource type notices.</summary>
internal interface IFhirSide
{
    /// <summary>This side has a Patient to refer to. Without, the person is known by the pseudonym only.</summary>
    bool HasPatient { get; }

    /// <summary>Calls the gRPC method behind all that comes before and after it on this side.</summary>
    Task CallAsync<TRequest, TResponse>(TRequest request, FhirCallContext context, UnaryServerMethod<TRequest, TResponse> method)
        where TRequest : class
        where TResponse : class;

    /// <summary>The terms of a call that was decided.</summary>
    FhirTerms TermsOf(FhirCallContext context);

    /// <summary>Takes off what the decision keeps back, as happens with every answer: to know beforehand what is left of it.</summary>
    void Prune(FhirCallContext context, IMessage answer);

    /// <summary>What to throw within a call to refuse it.</summary>
    Exception Refusing(Refusal refusal);

    /// <summary>The key of the ids in URLs.</summary>
    ValueTask<byte[]> IdKeyAsync(CancellationToken cancellationToken);
}
