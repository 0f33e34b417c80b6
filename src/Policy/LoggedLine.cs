namespace Keten.Policy;

/// <summary>One line of a log, when the question is whether the person it is about may see it (R18f). Never asserted by a caller.</summary>
/// <param name="CallerType">Organisation type of who asked, then; null when the log does not say, and then the line is not shown.</param>
/// <param name="TargetType">Organisation type of who was asked; null likewise.</param>
/// <param name="Purpose">Purpose id of the register.</param>
/// <param name="Category">Data category id.</param>
/// <param name="Uninformed">Informing the person was postponed, for safety.</param>
/// <param name="Shielded">A party shields its involvement with the person (M4).</param>
/// <param name="Days">Whole days since.</param>
public sealed record LoggedLine(string? CallerType, string? TargetType, string Purpose, string Category, bool Uninformed, bool Shielded, int Days);
