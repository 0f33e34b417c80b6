using System.Security.Authentication;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Keten.Identity;

/// <summary>
/// Stands in for Microsoft.AspNetCore.Authentication.Certificate, with its shape. The decision is <see cref="IdentificationExtensions.Identify"/>'s; this
/// makes a principal of it, once per connection and change of files.
/// </summary>
internal sealed class CertificateAuthenticationHandler(
    IOptionsMonitor<CertificateAuthenticationOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<CertificateAuthenticationOptions>(options, logger, encoder)
{
    private new CertificateAuthenticationEvents Events => (CertificateAuthenticationEvents)base.Events!;

    protected override Task<object> CreateEventsAsync() => Task.FromResult<object>(new CertificateAuthenticationEvents());

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Context.Features.Get<FederationConnection>()?.Current is not { } standing)
        {
            return AuthenticateResult.NoResult();
        }

        if (standing.Ticket is { } ticket && ticket.Scheme == Scheme.Name)
        {
            return ticket.Result;
        }

        var result = standing.Identification.Refusal is null ? await AcceptAsync(standing.Identification) : await RefuseAsync(standing.Identification);
        standing.Ticket = new StandingTicket(Scheme.Name, result);
        return result;
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var challenge = new CertificateChallengeContext(Context, Scheme, Options, properties);
        await Events.Challenge(challenge);
        if (!challenge.Handled)
        {
            // The certificate belongs to the handshake, which is over: there is nothing to ask for any more.
            await HandleForbiddenAsync(properties);
        }
    }

    private async Task<AuthenticateResult> AcceptAsync(Identification identification)
    {
        var accepted = new CertificateValidatedContext(Context, Scheme, Options)
        {
            ClientCertificate = Context.Connection.ClientCertificate!,
            Identification = identification,
            Principal = new ClaimsPrincipal(new ClaimsIdentity(Claims(identification), Scheme.Name)),
        };
        await Events.CertificateValidated(accepted);
        if (accepted.Result is { } decided)
        {
            return decided;
        }

        accepted.Success();
        return accepted.Result!;
    }

    private async Task<AuthenticateResult> RefuseAsync(Identification identification)
    {
        var refusal = identification.Refusal!;
        var refused = new CertificateAuthenticationFailedContext(Context, Scheme, Options) { Refusal = refusal, Exception = new AuthenticationException(refusal.Code) };
        await Events.AuthenticationFailed(refused);
        return refused.Result ?? AuthenticateResult.Fail(refused.Exception);
    }

    private static IEnumerable<Claim> Claims(Identification identification)
    {
        var certificate = identification.Certificate!;
        yield return new Claim(ClaimTypes.NameIdentifier, certificate.Oin.Value);
        yield return new Claim(ClaimTypes.Name, identification.Caller?.Name ?? certificate.Organisation);
        yield return new Claim(FederationClaims.Oin, certificate.Oin.Value);
        yield return new Claim(FederationClaims.Thumbprint, certificate.Thumbprint);
        if (identification.Caller is { } caller)
        {
            yield return new Claim(FederationClaims.OrganisationType, caller.OrganisationType);
            yield return new Claim(FederationClaims.Status, caller.Status);
        }
    }
}
