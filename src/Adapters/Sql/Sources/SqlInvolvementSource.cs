using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sql.Database;
using Keten.Adapters.Sql.Reading;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sql.Sources;

internal sealed class SqlInvolvementSource(SqlDatabase database, SqlMapping mapping, ILogger<SqlInvolvementSource> logger) : IInvolvementSource
{
    private readonly ClientQuery<Involvement> _query =
        new(database, mapping, "involvement", Target.OfMessage<Involvement>, Unreadable.LeftOut(logger));

    public async Task<IReadOnlyList<Involvement>> GetAsync(string clientId, CancellationToken cancellationToken)
    {
        // The port promises newest first, whatever the mapping orders by; ISO dates sort as text, and the mapping's order stands among equals.
        var rows = await _query.AllAsync(clientId, cancellationToken);
        return [.. rows.OrderByDescending(i => i.StartedOn, StringComparer.Ordinal)];
    }
}
