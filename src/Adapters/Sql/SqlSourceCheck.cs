using Keten.Adapters.Sql.Database;

namespace Keten.Adapters.Sql;

/// <summary>Looks at start, before anything else does, whether the database has what the mapping names. The host does not start when it has not.</summary>
internal sealed partial class SqlSourceCheck(SqlDatabase database, SqlMapping mapping, ILogger<SqlSourceCheck> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await new MappingCheck(database, mapping).RunAsync(cancellationToken);
        Log.Ready(logger, mapping.Database.Kind.ToString(), string.Join(", ", mapping.Sections));
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(5600, LogLevel.Information, "The {Kind} database has what the mapping names; offered: {Sections}")]
        public static partial void Ready(ILogger logger, string kind, string sections);
    }
}
