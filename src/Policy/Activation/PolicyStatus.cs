namespace Keten.Policy;

/// <summary>What decides now, for the management endpoint. Holds no personal data.</summary>
/// <param name="Engine"><c>embedded</c> or <c>opa</c>.</param>
/// <param name="Source">Where the bundle comes from.</param>
/// <param name="Revision">Active revision; empty when nothing can be decided.</param>
/// <param name="Digest">SHA-256 of the active archive; null for an OPA server.</param>
/// <param name="SignedBy">Key that verified the active bundle; null when none was asked.</param>
/// <param name="Usable">False: every call is refused with POLICY_UNAVAILABLE.</param>
/// <param name="ActivatedAt">When the active bundle became so.</param>
/// <param name="RefreshedAt">When its source last confirmed it.</param>
/// <param name="LastRefusal">Why the last attempt was refused; null when it was not.</param>
/// <param name="LastRefusedAt">When that was.</param>
public sealed record PolicyStatus(
    string Engine, string Source, string Revision, string? Digest, string? SignedBy, bool Usable,
    DateTimeOffset? ActivatedAt, DateTimeOffset? RefreshedAt, string? LastRefusal, DateTimeOffset? LastRefusedAt);
