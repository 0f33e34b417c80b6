namespace Keten.PolicyTools.Visibility;

/// <summary>A place of the visibility matrix (domain.md section 7) that two policies fill otherwise, for all holders it holds for.</summary>
/// <param name="Purpose">Index purpose.</param>
/// <param name="Viewer">Organisation type that learns.</param>
/// <param name="Holders">Organisation types it learns of.</param>
/// <param name="Shielded">Of an involvement its holder shielded (M4): anything but nothing is a mistake.</param>
/// <param name="Change">What changed.</param>
public sealed record VisibilityChange(string Purpose, string Viewer, IReadOnlyList<string> Holders, bool Shielded, MatchChange Change);
