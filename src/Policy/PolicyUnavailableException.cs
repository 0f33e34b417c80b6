namespace Keten.Policy;

/// <summary>The policy gave no usable answer. Whoever asked denies.</summary>
public sealed class PolicyUnavailableException : Exception
{
    /// <inheritdoc/>
    public PolicyUnavailableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
