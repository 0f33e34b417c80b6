using Grpc.Core;
using Hl7.Fhir.Model;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Services;
using Keten.Contracts;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Keten.Protocol.V1;
using Microsoft.AspNetCore.Http;
using Person = Keten.Protocol.V1.Person;
using Task = System.Threading.Tasks.Task;

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

    public override Task UpdateAsync(HttpContext http, FhirRequest asked, byte[] body)
    {
        var subject = http.Request.Headers[KetenHeaders.Subject].ToString();
        var person = PatientReading.Read(body, FhirFormats.OfResource(http.Request.ContentType!)!.Value, asked.Id!, subject);
        return HandOverAsync<CorrectPersonRequest, CorrectPersonResponse>(http, asked, new CorrectPersonRequest { Person = person }, service.CorrectPerson);
    }

    protected override DomainResource Map(Person item, FhirSubject subject)
    {
        var patient = PatientMapping.Map(item);
        patient.Identifier.Add(subject.Pseudonym);
        return patient;
    }
}
