using Keten.Adapters.Fhir.Reading;
using Keten.Adapters.Fhir.Server;
using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sdk.Ports;
using Keten.Protocol.V1;

namespace Keten.Adapters.Fhir.Sources;

internal sealed class FhirInvolvementSource(FhirServer server, FhirMapping mapping, ILogger<FhirInvolvementSource> logger) : IInvolvementSource
{
    private readonly SectionReader<Involvement> _reader =
        new(server, mapping.Section("involvement"), Target.OfMessage<Involvement>, Unreadable.LeftOut(logger));

    public async Task<IReadOnlyList<Involvement>> GetAsync(string clientId, CancellationToken cancellationToken)
    {
        // The port promises newest first; ISO dates sort as text, and the server's order stands among equals.
        var all = await _reader.AllAsync(clientId, cancellationToken);
        return [.. all.OrderByDescending(i => i.StartedOn, StringComparer.Ordinal)];
    }
}
