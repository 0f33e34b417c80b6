namespace Keten.Adapters.Sql.Mapping;

/// <summary>Type of the column that holds the client's id. Ids that cannot be of that type belong to nobody.</summary>
internal enum ClientIdType
{
    Text,
    Integer,
    Uuid,
}
