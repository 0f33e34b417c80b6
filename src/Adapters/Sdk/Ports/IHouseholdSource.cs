using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Ports;

/// <summary>Family, custody and household (category <c>gezinssamenstelling</c>) from the organisation's own system.</summary>
public interface IHouseholdSource
{
    /// <summary>All relations known, in the organisation's order; empty when there are none.</summary>
    Task<IReadOnlyList<HouseholdRelation>> GetAsync(string clientId, CancellationToken cancellationToken);
}
