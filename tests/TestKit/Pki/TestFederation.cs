using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keten.Contracts.Identifiers;
using Keten.Identity;
using Keten.Identity.Pki;

namespace Keten.TestKit.Pki;

/// <summary>A throwaway federation in a temporary directory, with good certificates and every kind of bad one. Dispose removes the directory.</summary>
public sealed class TestFederation : IDisposable
{
    private readonly TimeProvider _time;
    private int _odd;

    public TestFederation(TimeProvider? time = null, string name = "Testfederatie")
    {
        _time = time ?? TimeProvider.System;
        Root = Directory.CreateTempSubdirectory("keten-test-").FullName;
        Authority = DevelopmentAuthority.Init(Path.Combine(Root, "pki"), name, _time);
        Register();
    }

    /// <summary>The directory; a test may put more in it.</summary>
    public string Root { get; }

    public DevelopmentAuthority Authority { get; }

    public string TrustAnchors => Authority.CertificatePath;

    public string RevocationList => Authority.CrlPath;

    /// <summary>Empty until <see cref="Register"/>.</summary>
    public string Participants => Path.Combine(Root, "participants.yaml");

    /// <summary>An OIN of the test range, by number.</summary>
    public static Oin OinOf(int number) => Oin.Parse("00000099" + number.ToString("D9", CultureInfo.InvariantCulture) + "000");

    /// <summary>A participant with sensible values.</summary>
    public static Participant Participant(Oin oin, string type = "wijkteam", string status = ParticipantStatus.Active, params string[] pins) =>
        new() { Oin = oin, Name = "Organisatie " + oin, OrganisationType = type, Region = "testregio", Status = status, Pins = pins };

    /// <summary>Writes the registry, in place of the one before.</summary>
    public void Register(params Participant[] participants) => ParticipantsFile.Write(Participants, participants);

    /// <summary>A good certificate; a second one of the same participant replaces its files.</summary>
    public TestIdentity Good(int number, string name = "Organisatie") => Issue(number, name, null);

    public TestIdentity Expired(int number) => Issue(number, "Verlopen",
        new IssueOptions { NotBefore = _time.GetUtcNow() - TimeSpan.FromMinutes(4), Validity = TimeSpan.FromMinutes(3) });

    public TestIdentity NotYetValid(int number) => Issue(number, "Nog niet geldig", new IssueOptions { NotBefore = _time.GetUtcNow() + TimeSpan.FromDays(1) });

    public TestIdentity Revoked(int number)
    {
        var identity = Good(number);
        Authority.Revoke(identity.Oin);
        return identity;
    }

    /// <summary>Of another federation, whose root has the very same name.</summary>
    public TestIdentity OfOtherAuthority(int number)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var own = X509CertificateLoader.LoadCertificateFromFile(TrustAnchors);
        using var other = CertificateForm.SelfSign(own.GetNameInfo(X509NameType.SimpleName, false), key, own.NotBefore, own.NotAfter);
        return Odd(OinOf(number), other, Form(OinOf(number).Value));
    }

    public TestIdentity WithoutOin() => Odd(default, null, Form());

    public TestIdentity WithTwoOins(int one, int two) => Odd(OinOf(one), null, Form(OinOf(one).Value, OinOf(two).Value));

    public TestIdentity WithMalformedOin() => Odd(default, null, Form("0000009900000"));

    public TestIdentity WithoutClientAuth(int number) => Odd(OinOf(number), null, Form(OinOf(number).Value) with { Uses = ["1.3.6.1.5.5.7.3.1"] });

    public TestIdentity WithoutServerAuth(int number) => Odd(OinOf(number), null, Form(OinOf(number).Value) with { Uses = ["1.3.6.1.5.5.7.3.2"] });

    public TestIdentity WithoutAnyUse(int number) => Odd(OinOf(number), null, Form(OinOf(number).Value) with { Uses = [] });

    /// <summary>Below an intermediate authority that has no revocation list; the intermediate is in the certificate file.</summary>
    public TestIdentity BelowIntermediate(int number)
    {
        using var root = ReadRoot();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var between = CertificateForm.SignAuthority("Tussenliggende autoriteit", key, root, _time.GetUtcNow() - TimeSpan.FromMinutes(5), _time.GetUtcNow() + TimeSpan.FromDays(30));
        var identity = Odd(OinOf(number), between, Form(OinOf(number).Value));
        File.AppendAllText(identity.CertificatePath, "\n" + between.ExportCertificatePem() + "\n");
        return identity;
    }

    /// <summary>Options of a host with this identity, for <c>AddFederationIdentity</c>.</summary>
    public Action<FederationOptions> Options(TestIdentity identity, bool registry = true) => options =>
    {
        options.TrustAnchors = TrustAnchors;
        options.RevocationList = RevocationList;
        options.Certificate = identity.CertificatePath;
        options.PrivateKey = identity.KeyPath;
        options.Participants = registry ? Participants : null;
        options.ReloadInterval = TimeSpan.FromMilliseconds(200);
    };

    /// <summary>Credentials of a client with this identity.</summary>
    public FederationCredentials Credentials(TestIdentity identity) =>
        FederationCredentials.Load(TrustAnchors, RevocationList, identity.CertificatePath, identity.KeyPath, _time);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private TestIdentity Issue(int number, string name, IssueOptions? options)
    {
        var issued = Authority.Issue(OinOf(number), name, options);
        return new TestIdentity(issued.Oin, issued.CertificatePath, issued.KeyPath);
    }

    private CertificateForm Form(params string[] serialNumbers) => new()
    {
        Organisation = "Afwijkend",
        SerialNumbers = serialNumbers,
        NotBefore = _time.GetUtcNow() - TimeSpan.FromMinutes(5),
        NotAfter = _time.GetUtcNow() + TimeSpan.FromDays(30),
    };

    private TestIdentity Odd(Oin oin, X509Certificate2? issuer, CertificateForm form)
    {
        using var root = issuer is null ? ReadRoot() : null;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = form.Sign(key, issuer ?? root!, CertificateForm.NewSerial());
        var place = Directory.CreateDirectory(Path.Combine(Root, "odd-" + Interlocked.Increment(ref _odd))).FullName;
        var identity = new TestIdentity(oin, Path.Combine(place, "cert.pem"), Path.Combine(place, "key.pem"));
        File.WriteAllText(identity.CertificatePath, certificate.ExportCertificatePem() + "\n");
        File.WriteAllText(identity.KeyPath, key.ExportPkcs8PrivateKeyPem() + "\n");
        return identity;
    }

    private X509Certificate2 ReadRoot() => X509Certificate2.CreateFromPemFile(TrustAnchors, Path.Combine(Path.GetDirectoryName(TrustAnchors)!, "ca.key"));
}
