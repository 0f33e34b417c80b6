using Keten.Adapters.Fhir.Reading;
using Keten.Adapters.Fhir.Server;
using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sdk.Ports;
using Keten.Protocol.V1;

namespace Keten.Adapters.Fhir.Sources;

internal sealed class FhirPersonSource(FhirServer server, FhirMapping mapping, ILogger<FhirPersonSource> logger) : IPersonSource
{
    private readonly SectionReader<Person> _reader = new(server, mapping.Section("person"), Target.OfMessage<Person>, Unreadable.LeftOut(logger));

    public Task<Person?> GetAsync(string clientId, CancellationToken cancellationToken) => _reader.SingleAsync(clientId, cancellationToken);
}
