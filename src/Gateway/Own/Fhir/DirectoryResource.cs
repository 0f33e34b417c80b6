using Google.Protobuf;
using Grpc.Core;
using Hl7.Fhir.Model;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Keten.Protocol.V1;

namespace Keten.Gateway.Own.Fhir;

/// <summary>One of the resources an entry of the directory is told in. Each is known by the organisation's OIN.</summary>
internal abstract class DirectoryResource(IFhirSide side, TimeProvider time, DirectoryGrpcService service)
    : FhirResource<SearchOrganisationsRequest, SearchOrganisationsResponse, Organisation>(side, time)
{
    /// <summary>The most the directory gives at once.</summary>
    private const int Most = 1_000;

    public override bool IsOffered => true;

    protected override SearchOrganisationsRequest RequestOf(FhirRequest asked) => new()
    {
        Oin = Numbers(asked).FirstOrDefault() ?? "",
        OrganisationType = asked.Parameters.GetValueOrDefault("type", ""),
        Region = asked.Parameters.GetValueOrDefault("coverage-area:identifier", ""),
        Expertise = asked.Parameters.GetValueOrDefault("_content", ""),
        CrisisReachable = asked.Parameters.ContainsKey("characteristic"),
        Limit = Most,
    };

    protected override Task<SearchOrganisationsResponse> CallAsync(SearchOrganisationsRequest request, ServerCallContext context) =>
        service.SearchOrganisations(request, context);

    protected override IReadOnlyList<Organisation> ItemsOf(SearchOrganisationsResponse response, FhirIds ids) => response.Organisations;

    protected override SearchOrganisationsResponse Holding(IEnumerable<Organisation> items) => new() { Organisations = { items } };

    /// <summary>The question may name it more than once.</summary>
    protected override bool Fits(Organisation item, FhirRequest asked) => Numbers(asked).All(oin => item.Oin == oin);

    protected override string NameOf(Organisation item) => item.ToByteString().ToBase64();

    /// <summary>Where the number is kept back, an id that says nothing: pages go on after it, but it cannot be read by.</summary>
    protected override string? IdOf(Organisation item, string name, FhirIds ids, string? wanted) =>
        item.Oin.Length == 0 ? base.IdOf(item, name, ids, wanted) : wanted is null || wanted == item.Oin ? item.Oin : null;

    /// <summary>A reference to the organisation; null when it is not told which it is.</summary>
    protected static ResourceReference? ReferenceTo(Organisation item) => item.Oin.Length == 0 ? null : new ResourceReference($"Organization/{item.Oin}", item.Name);

    private static IEnumerable<string> Numbers(FhirRequest asked) =>
        new[] { asked.Id, asked.Parameters.GetValueOrDefault("_id"), asked.Parameters.GetValueOrDefault("identifier"), asked.Parameters.GetValueOrDefault("organization") }
            .OfType<string>();
}
