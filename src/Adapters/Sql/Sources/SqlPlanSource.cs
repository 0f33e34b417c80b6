using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sql.Database;
using Keten.Adapters.Sql.Reading;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sql.Sources;

internal sealed class SqlPlanSource(SqlDatabase database, SqlMapping mapping, ILogger<SqlPlanSource> logger) : IPlanSource
{
    private readonly ClientQuery<PlanItem> _query = new(database, mapping, "plan", Target.OfMessage<PlanItem>, Unreadable.LeftOut(logger));

    public async Task<IReadOnlyList<PlanItem>> GetAsync(string clientId, CancellationToken cancellationToken) =>
        await _query.AllAsync(clientId, cancellationToken);
}
