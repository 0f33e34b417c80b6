using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sql.Database;
using Keten.Adapters.Sql.Reading;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sql.Sources;

internal sealed class SqlPersonSource(SqlDatabase database, SqlMapping mapping, ILogger<SqlPersonSource> logger) : IPersonSource
{
    private readonly ClientQuery<Person> _query = new(database, mapping, "person", Target.OfMessage<Person>, Unreadable.LeftOut(logger));

    public Task<Person?> GetAsync(string clientId, CancellationToken cancellationToken) => _query.SingleAsync(clientId, cancellationToken);
}
