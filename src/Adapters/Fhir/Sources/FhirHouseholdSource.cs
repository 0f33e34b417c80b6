using Keten.Adapters.Fhir.Reading;
using Keten.Adapters.Fhir.Server;
using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sdk.Ports;
using Keten.Protocol.V1;

namespace Keten.Adapters.Fhir.Sources;

internal sealed class FhirHouseholdSource(FhirServer server, FhirMapping mapping, ILogger<FhirHouseholdSource> logger) : IHouseholdSource
{
    private readonly SectionReader<HouseholdRelation> _reader =
        new(server, mapping.Section("household"), Target.OfMessage<HouseholdRelation>, Unreadable.LeftOut(logger));

    public async Task<IReadOnlyList<HouseholdRelation>> GetAsync(string clientId, CancellationToken cancellationToken) =>
        await _reader.AllAsync(clientId, cancellationToken);
}
