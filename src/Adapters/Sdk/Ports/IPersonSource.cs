using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Ports;

/// <summary>Name and address (category <c>naw</c>) from the organisation's own system.</summary>
public interface IPersonSource
{
    /// <summary>Everything known; the SDK takes away what the decision does not cover. Null when the client is unknown.</summary>
    Task<Person?> GetAsync(string clientId, CancellationToken cancellationToken);
}
