using Keten.Contracts.Identifiers;
using Keten.Gateway.Involvement.View;
using Keten.Protocol.V1;

namespace Keten.Gateway.Involvement.Matching;

/// <summary>One step of one involvement, with everything that stood beside it at that moment.</summary>
/// <param name="Person">The person.</param>
/// <param name="Cause">The event.</param>
/// <param name="Before">The involvement before; null when it is new.</param>
/// <param name="After">The involvement after.</param>
/// <param name="All">All involvements with the person after it.</param>
internal sealed record Transition(
    Pseudonym Person, InvolvementChanged Cause, HeldInvolvement? Before, HeldInvolvement After, IReadOnlyList<HeldInvolvement> All);
