using Keten.PolicyTools.Visibility;

namespace Keten.PolicyTools.Replay;

/// <summary>One organisation that a policy would tell more or less of another's involvements.</summary>
/// <param name="Viewer">OIN of who learns.</param>
/// <param name="ViewerType">Its type at the time.</param>
/// <param name="Holder">OIN of whose involvement it is.</param>
/// <param name="HolderType">Its type at the time.</param>
/// <param name="Purpose">Index purpose.</param>
/// <param name="Change">What would change.</param>
/// <param name="Persons">About how many persons, at most.</param>
public sealed record MatchFlip(string Viewer, string ViewerType, string Holder, string HolderType, string Purpose, MatchChange Change, int Persons);
