namespace Keten.Identity.Pki;

/// <summary>One issued certificate.</summary>
internal sealed record IssuedRecord(string Serial, string Oin, string Name, DateTimeOffset IssuedAt, DateTimeOffset NotAfter, DateTimeOffset? RevokedAt);
