using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Ports;

/// <summary>
/// The organisation's own involvement with a client (category <c>betrokkenheid</c>). Leave out what nobody may learn of (rule M4); what was reported
/// as shielded through the adapter the SDK leaves out itself.
/// </summary>
public interface IInvolvementSource
{
    /// <summary>Newest first; empty when there are none.</summary>
    Task<IReadOnlyList<Involvement>> GetAsync(string clientId, CancellationToken cancellationToken);
}
