using Keten.Gateway.Involvement.View;

namespace Keten.Gateway.Involvement.Matching;

/// <summary>What one viewer could learn of one holder before a step and after it. The two directions of a pair are decided apart (M3).</summary>
/// <param name="Viewer">The viewer's own active involvement.</param>
/// <param name="Was">The holder's involvement before; null when there was nothing active.</param>
/// <param name="Is">The holder's involvement after; null when it is over.</param>
/// <param name="HolderVersion">Version of the holder's involvement after the step.</param>
internal sealed record Direction(HeldInvolvement Viewer, HeldInvolvement? Was, HeldInvolvement? Is, long HolderVersion)
{
    /// <summary>The holder.</summary>
    public HeldInvolvement Holder => Is ?? Was!;
}
