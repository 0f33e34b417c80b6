using Keten.Adapters.Fhir.Reading;
using Keten.Adapters.Fhir.Server;
using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sdk.Ports;

namespace Keten.Adapters.Fhir.Sources;

internal sealed class FhirPersonFactsSource(FhirServer server, FhirMapping mapping) : IPersonFactsSource
{
    private readonly SectionReader<FactsRow> _reader = new(server, mapping.Section("facts"), Target.OfFacts, Unreadable.Refused("facts"));

    public async Task<PersonFacts> GetAsync(string clientId, CancellationToken cancellationToken) =>
        (await _reader.SingleAsync(clientId, cancellationToken))?.ToFacts() ?? PersonFacts.Unknown;
}
