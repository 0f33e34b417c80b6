using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Ports;

/// <summary>Crisis intakes (category <c>crisis-intake</c>) from the organisation's own system.</summary>
public interface ICrisisIntakeSource
{
    /// <summary>Newest first; empty when there are none.</summary>
    Task<IReadOnlyList<CrisisIntake>> GetAsync(string clientId, CancellationToken cancellationToken);
}
