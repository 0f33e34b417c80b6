using Keten.TestKit.Pki;

namespace Keten.Identity.Tests;

public sealed class JudgementTests : IDisposable
{
    private readonly TestFederation _federation = new();

    public void Dispose() => _federation.Dispose();

    [Fact]
    public void An_accepted_certificate_proves_oin_name_and_key()
    {
        var identity = _federation.Good(2, "Wijkteam Noord");
        using var certificate = identity.Load();

        var verdict = Trust.Validate(certificate);

        Assert.Equal((identity.Oin, "Wijkteam Noord", true), (verdict.Oin, verdict.Organisation, verdict.Accepted));
        Assert.Matches("^[0-9a-f]{64}$", verdict.Thumbprint);
        Assert.Matches("^[0-9a-f]{64}$", verdict.PublicKeySha256);
    }

    [Fact]
    public void A_certificate_accepted_as_client_is_judged_apart_as_server()
    {
        using var certificate = _federation.WithoutServerAuth(2).Load();
        var trust = Trust;

        Assert.True(trust.Validate(certificate).Accepted);
        Assert.Equal(CertificateFaults.WrongUse, trust.Validate(certificate, use: CertificateUse.Server).Reason);
    }

    [Fact]
    public void A_list_that_ended_clears_nobody()
    {
        using var certificate = _federation.Good(2).Load();
        _federation.Authority.RefreshCrl(TimeSpan.FromMinutes(-1));

        Assert.Equal(CertificateFaults.RevocationExpired, Trust.Validate(certificate).Reason);
    }

    [Fact]
    public void A_revoked_certificate_is_revoked_also_on_a_list_that_ended()
    {
        using var certificate = _federation.Revoked(2).Load();
        _federation.Authority.RefreshCrl(TimeSpan.FromMinutes(-1));

        Assert.Equal(CertificateFaults.Revoked, Trust.Validate(certificate).Reason);
    }

    [Fact]
    public void The_root_itself_is_no_participant()
    {
        using var root = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificateFromFile(_federation.TrustAnchors);

        Assert.False(Trust.Validate(root).Accepted);
    }

    private FederationTrust Trust => _federation.Credentials(_federation.Good(1)).Trust;
}
