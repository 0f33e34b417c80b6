using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sql.Database;
using Keten.Adapters.Sql.Reading;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sql.Sources;

internal sealed class SqlCrisisIntakeSource(SqlDatabase database, SqlMapping mapping, ILogger<SqlCrisisIntakeSource> logger) : ICrisisIntakeSource
{
    private readonly ClientQuery<CrisisIntake> _query =
        new(database, mapping, "crisis_intake", Target.OfMessage<CrisisIntake>, Unreadable.LeftOut(logger));

    public async Task<IReadOnlyList<CrisisIntake>> GetAsync(string clientId, CancellationToken cancellationToken)
    {
        // As for involvements: the port promises newest first, and moments in UTC sort as text.
        var rows = await _query.AllAsync(clientId, cancellationToken);
        return [.. rows.OrderByDescending(i => i.ReceivedAt, StringComparer.Ordinal)];
    }
}
