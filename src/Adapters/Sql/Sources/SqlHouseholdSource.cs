using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sql.Database;
using Keten.Adapters.Sql.Reading;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sql.Sources;

internal sealed class SqlHouseholdSource(SqlDatabase database, SqlMapping mapping, ILogger<SqlHouseholdSource> logger) : IHouseholdSource
{
    private readonly ClientQuery<HouseholdRelation> _query =
        new(database, mapping, "household", Target.OfMessage<HouseholdRelation>, Unreadable.LeftOut(logger));

    public async Task<IReadOnlyList<HouseholdRelation>> GetAsync(string clientId, CancellationToken cancellationToken) =>
        await _query.AllAsync(clientId, cancellationToken);
}
