using Keten.Gateway.Involvement.View;

namespace Keten.Gateway.Involvement.Matching;

/// <summary>Rule M2: pairs of active involvements on one person, of different organisations, under one index purpose.</summary>
internal static class Pairing
{
    /// <summary>The directions a step may change, in the order of the view.</summary>
    public static IEnumerable<Direction> Of(Transition transition)
    {
        var was = transition.Before is { Active: true } before ? before : null;
        var after = transition.After is { Active: true } active ? active : null;
        if (was is not null && after is not null && was.Purpose != after.Purpose)
        {
            // Another index: over in the one, new in the other.
            return Of(transition, was, null).Concat(Of(transition, null, after));
        }

        return Of(transition, was, after);
    }

    private static IEnumerable<Direction> Of(Transition transition, HeldInvolvement? was, HeldInvolvement? after)
    {
        if ((after ?? was) is not { ForPurposeOnly: false } own)
        {
            yield break;
        }

        foreach (var other in transition.All)
        {
            if (!other.Active || other.ForPurposeOnly || other.Organisation == own.Organisation || other.Purpose != own.Purpose)
            {
                continue;
            }

            yield return new Direction(other, was, after, transition.After.Version);
            if (was is null)
            {
                // Who leaves is not told of those who stay; who changes learns nothing new of them.
                yield return new Direction(own, null, other, other.Version);
            }
        }
    }
}
