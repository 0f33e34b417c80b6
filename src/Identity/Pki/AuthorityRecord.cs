namespace Keten.Identity.Pki;

/// <summary>authority.json: what was issued and revoked. The list of revocations is made from it alone.</summary>
internal sealed record AuthorityRecord
{
    public long CrlNumber { get; init; }

    public IReadOnlyList<IssuedRecord> Issued { get; init; } = [];
}
