namespace Keten.DecisionLog.Reviews;

/// <summary>The review queue as <c>GET /v1/break-glass</c> answers it.</summary>
/// <param name="Items">Oldest first.</param>
public sealed record ReviewList(IReadOnlyList<ReviewItem> Items);
