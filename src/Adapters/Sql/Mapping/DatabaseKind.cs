namespace Keten.Adapters.Sql.Mapping;

internal enum DatabaseKind
{
    Sqlite,
    PostgreSql,
}
