using Grpc.Core;
using Hl7.Fhir.Model;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Services;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Keten.Protocol.V1;
using Person = Keten.Protocol.V1.Person;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>Patient: name and address.</summary>
internal sealed class PatientResource(IFhirSide side, TimeProvider time, PersonGrpcService service, IPersonSource? source = null)
    : FhirResource<GetPersonRequest, GetPersonResponse, Person>(side, time)
{
    public override FhirResourceType Type => FhirCatalogue.Patient;

    public override bool IsOffered => source is not null;

    protected override Task<GetPersonResponse> CallAsync(GetPersonRequest request, ServerCallContext context) => service.GetPerson(request, context);

    protected override IReadOnlyList<Person> ItemsOf(GetPersonResponse response, FhirIds ids) => [response.Person];

    protected override GetPersonResponse Holding(IEnumerable<Person> items) => new() { Person = items.FirstOrDefault() };

    /// <summary>There is one for each person, and the id is over the person already.</summary>
    protected override string NameOf(Person item) => "";

    protected override DomainResource Map(Person item, FhirSubject subject) => PatientMapping.Map(item, subject);
}
