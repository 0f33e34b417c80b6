using System.Data.Common;
using Keten.Adapters.Sql.Mapping;
using Npgsql;
using NpgsqlTypes;

namespace Keten.Adapters.Sql.Database;

internal sealed class PostgreSqlDatabase : SqlDatabase
{
    private readonly NpgsqlDataSource _source;

    public PostgreSqlDatabase(DatabaseSettings settings, TimeProvider time)
        : base(settings, time)
    {
        var given = new NpgsqlConnectionStringBuilder(settings.Connection);
        given.CommandTimeout = Math.Max(1, (int)settings.CommandTimeout.TotalSeconds);
        given.Timeout = given.CommandTimeout;
        given.ApplicationName ??= "keten-adapter";

        // The server's error detail quotes rows.
        given.IncludeErrorDetail = false;
        given.LogParameters = false;
        given.PersistSecurityInfo = false;
        given.Options = $"{given.Options} -c default_transaction_read_only=on -c statement_timeout={(int)settings.CommandTimeout.TotalMilliseconds}".TrimStart();
        _source = new NpgsqlDataSourceBuilder(given.ConnectionString).Build();
    }

    public override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken) => await _source.OpenConnectionAsync(cancellationToken);

    public override string? CodeOf(Exception fault) => fault switch
    {
        PostgresException postgres => $"SQLSTATE {postgres.SqlState}",
        NpgsqlException { InnerException: TimeoutException } => "timeout",
        NpgsqlException or System.Net.Sockets.SocketException => "network",
        _ => null,
    };

    public override string DiagnosisOf(DbException fault) => fault is PostgresException postgres ? $"{postgres.MessageText} ({postgres.SqlState})" : "network";

    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    protected override void Add(DbCommand command, string name, object? value)
    {
        var parameter = new NpgsqlParameter(name, value ?? DBNull.Value);
        if (value is null or string)
        {
            // Sent as text of which the server finds the type in the statement, as it does with a literal: char(n), enum and varchar columns keep their index.
            parameter.NpgsqlDbType = NpgsqlDbType.Unknown;
        }

        ((NpgsqlCommand)command).Parameters.Add(parameter);
    }
}
