namespace Keten.Identity.Pki;

/// <summary>The development authority cannot do what was asked; the message says what is wrong and the way out.</summary>
public sealed class AuthorityException : Exception
{
    internal AuthorityException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
