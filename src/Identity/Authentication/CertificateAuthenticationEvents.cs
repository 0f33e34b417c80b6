namespace Keten.Identity;

/// <summary>Set the delegates, or override the methods. The outcome is kept for the connection, so they run once and not per request.</summary>
public class CertificateAuthenticationEvents
{
    /// <summary>The certificate is accepted and the principal made; replace it, or refuse by <c>context.Fail</c>.</summary>
    public Func<CertificateValidatedContext, Task> OnCertificateValidated { get; set; } = _ => Task.CompletedTask;

    /// <summary>The certificate is refused.</summary>
    public Func<CertificateAuthenticationFailedContext, Task> OnAuthenticationFailed { get; set; } = _ => Task.CompletedTask;

    /// <summary>A response that would ask for a certificate; it becomes 403, since the handshake is over.</summary>
    public Func<CertificateChallengeContext, Task> OnChallenge { get; set; } = _ => Task.CompletedTask;

    /// <summary>Calls <see cref="OnCertificateValidated"/>.</summary>
    public virtual Task CertificateValidated(CertificateValidatedContext context) => OnCertificateValidated(context);

    /// <summary>Calls <see cref="OnAuthenticationFailed"/>.</summary>
    public virtual Task AuthenticationFailed(CertificateAuthenticationFailedContext context) => OnAuthenticationFailed(context);

    /// <summary>Calls <see cref="OnChallenge"/>.</summary>
    public virtual Task Challenge(CertificateChallengeContext context) => OnChallenge(context);
}
