using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Keten.Identity.Pki;
using Keten.TestKit.Pki;

namespace Keten.Identity.Tests;

public sealed class DevelopmentAuthorityTests : IDisposable
{
    private readonly TestFederation _federation = new();

    public void Dispose() => _federation.Dispose();

    [Fact]
    public void Never_overwrites_an_authority()
    {
        var before = File.ReadAllText(_federation.TrustAnchors);

        Assert.Throws<AuthorityException>(() => DevelopmentAuthority.Init(Path.GetDirectoryName(_federation.TrustAnchors)!));
        Assert.Equal(before, File.ReadAllText(_federation.TrustAnchors));
    }

    [Fact]
    public void Says_how_to_make_one_where_none_is()
    {
        var fault = Assert.Throws<AuthorityException>(() => DevelopmentAuthority.Open(_federation.Root));

        Assert.Contains("keten pki init", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_are_readable_by_their_owner_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        var identity = _federation.Good(2);

        Assert.All([identity.KeyPath, Path.Combine(_federation.Root, "pki", "ca.key")],
            path => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path)));
    }

    [Fact]
    public void Revoking_an_oin_revokes_every_certificate_it_ever_had()
    {
        using var first = _federation.Good(2).Load();
        using var second = _federation.Good(2).Load();

        Assert.Equal(2, DevelopmentAuthority.Open(Path.Combine(_federation.Root, "pki")).Revoke(TestFederation.OinOf(2)));

        var trust = _federation.Credentials(_federation.Good(1)).Trust;
        Assert.Equal(CertificateFaults.Revoked, trust.Validate(first).Reason);
        Assert.Equal(CertificateFaults.Revoked, trust.Validate(second).Reason);
        using var third = _federation.Good(2).Load();
        Assert.True(trust.Validate(third).Accepted);
    }

    [Fact]
    public void Revoking_a_serial_leaves_the_others()
    {
        var issued = _federation.Authority.Issue(TestFederation.OinOf(2), "Een");
        using var other = _federation.Good(2).Load();

        Assert.Equal(1, _federation.Authority.Revoke(issued.Serial));
        Assert.Equal(0, _federation.Authority.Revoke(issued.Serial));
        Assert.True(_federation.Credentials(_federation.Good(1)).Trust.Validate(other).Accepted);
        Assert.Throws<AuthorityException>(() => _federation.Authority.Revoke("00"));
    }

    [Fact]
    public void The_list_number_rises_with_every_list()
    {
        var numbers = new List<System.Numerics.BigInteger>();
        for (var i = 0; i < 3; i++)
        {
            _federation.Authority.RefreshCrl();
            CertificateRevocationListBuilder.LoadPem(File.ReadAllText(_federation.RevocationList), out var number);
            numbers.Add(number);
        }

        Assert.Equal([2, 3, 4], numbers.Select(number => (int)number));
    }

    [Fact]
    public void Openssl_agrees_with_what_was_issued_and_revoked()
    {
        var (good, revoked) = (_federation.Good(2, "Gemeente 's-Hertogenbosch"), _federation.Revoked(3));

        Assert.Equal(0, Verify(good, "sslclient"));
        Assert.Equal(0, Verify(good, "sslserver"));
        Assert.NotEqual(0, Verify(revoked, "sslclient"));

        int Verify(TestIdentity identity, string purpose)
        {
            using var openssl = Process.Start(new ProcessStartInfo("openssl",
                ["verify", "-x509_strict", "-purpose", purpose, "-crl_check", "-CAfile", _federation.TrustAnchors, "-CRLfile", _federation.RevocationList, identity.CertificatePath])
                { RedirectStandardOutput = true, RedirectStandardError = true })!;
            openssl.WaitForExit();
            return openssl.ExitCode;
        }
    }

    [Fact]
    public async Task Issuing_at_the_same_time_records_every_certificate()
    {
        await Parallel.ForAsync(10, 20, TestContext.Current.CancellationToken, (number, _) =>
        {
            DevelopmentAuthority.Open(Path.Combine(_federation.Root, "pki")).Issue(TestFederation.OinOf(number), "Samen");
            return ValueTask.CompletedTask;
        });

        Assert.All(Enumerable.Range(10, 10), number => Assert.Equal(1, _federation.Authority.Revoke(TestFederation.OinOf(number))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two\nlines")]
    public void A_name_is_one_line(string name) => Assert.ThrowsAny<ArgumentException>(() => _federation.Authority.Issue(TestFederation.OinOf(2), name));
}
