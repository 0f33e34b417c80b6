using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sql.Database;
using Keten.Adapters.Sql.Reading;

namespace Keten.Adapters.Sql.Sources;

internal sealed class SqlPersonFactsSource(SqlDatabase database, SqlMapping mapping) : IPersonFactsSource
{
    private readonly ClientQuery<FactsRow> _query = new(database, mapping, "facts", Target.OfFacts, Unreadable.Refused("facts"));

    public async Task<PersonFacts> GetAsync(string clientId, CancellationToken cancellationToken) =>
        (await _query.SingleAsync(clientId, cancellationToken))?.ToFacts() ?? PersonFacts.Unknown;
}
