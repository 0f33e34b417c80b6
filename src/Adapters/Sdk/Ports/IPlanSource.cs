using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Ports;

/// <summary>The family plan (category <c>plan</c>) from the organisation's own system.</summary>
public interface IPlanSource
{
    /// <summary>All items of the plans that are known, in the organisation's order, with the plan's own fields in each; empty when there are none.</summary>
    Task<IReadOnlyList<PlanItem>> GetAsync(string clientId, CancellationToken cancellationToken);
}
