namespace Keten.Policy;

/// <summary>What an operator can see and ask of the active policy.</summary>
public interface IPolicyLifeCycle
{
    PolicyStatus Status { get; }

    /// <summary>Reads the source now, whatever it gave last, and activates what is good.</summary>
    /// <returns>Null when the source's bundle is active now; otherwise why it was refused.</returns>
    Task<string?> LoadNowAsync(CancellationToken cancellationToken);
}
