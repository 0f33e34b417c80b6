namespace Keten.Adapters.Sql.Mapping;

/// <summary>Where and how to read.</summary>
internal sealed record DatabaseSettings(DatabaseKind Kind, string Connection, TimeSpan CommandTimeout, TimeZoneInfo Zone, int Line)
{
    /// <summary>The connection may hold a password.</summary>
    public override string ToString() => Kind.ToString();
}
