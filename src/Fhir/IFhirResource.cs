using Keten.Contracts.Fhir;
using Microsoft.AspNetCore.Http;

namespace Keten.Fhir;

/// <summary>One resource type over one gRPC operation.</summary>
internal interface IFhirResource
{
    FhirResourceType Type { get; }

    /// <summary>The organisation has the port this needs.</summary>
    bool IsOffered { get; }

    /// <summary>What was asked for and may be given; empty when that is nothing.</summary>
    /// <exception cref="Grpc.Core.RpcException">Refused; in the form the gRPC twin gives.</exception>
    Task<FhirFound> AnswerAsync(HttpContext http, FhirRequest asked);

    /// <summary>Hands a resource over to be weighed.</summary>
    /// <exception cref="Grpc.Core.RpcException">Refused; in the form the gRPC twin gives.</exception>
    Task UpdateAsync(HttpContext http, FhirRequest asked, byte[] body);
}
