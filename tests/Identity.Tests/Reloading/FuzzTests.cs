using System.Text;
using Keten.TestKit.Pki;

namespace Keten.Identity.Tests;

/// <summary>Whatever is in a file: it loads or it is a <see cref="FederationFileException"/>. Seeds are fixed, so a failure comes back.</summary>
public sealed class FuzzTests : IDisposable
{
    private const int Rounds = 400;

    private readonly TestFederation _federation = new();

    public void Dispose() => _federation.Dispose();

    [Fact]
    public void The_registry_loader_only_throws_its_own_exception()
    {
        _federation.Register(TestFederation.Participant(TestFederation.OinOf(2)), TestFederation.Participant(TestFederation.OinOf(3), pins: new string('a', 64)));
        Fuzz(File.ReadAllBytes(_federation.Participants), bytes => ParticipantsFile.Parse("p", bytes, OrganisationTypes.Known));
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("&a [*a, ")]
    public void Deep_nesting_is_a_fault_and_not_the_end_of_the_process(string step) =>
        Assert.Throws<FederationFileException>(() =>
            ParticipantsFile.Parse("p", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(step, 20_000))), OrganisationTypes.Known));

    [Fact]
    public void The_trust_loader_only_throws_its_own_exception_for_bad_roots()
    {
        var lists = File.ReadAllBytes(_federation.RevocationList);
        Fuzz(File.ReadAllBytes(_federation.TrustAnchors), bytes => TrustMaterial.Load("a", bytes, "l", lists));
    }

    [Fact]
    public void The_trust_loader_only_throws_its_own_exception_for_bad_lists()
    {
        _federation.Revoked(2);
        var roots = File.ReadAllBytes(_federation.TrustAnchors);
        Fuzz(File.ReadAllBytes(_federation.RevocationList), bytes => TrustMaterial.Load("a", roots, "l", bytes));
    }

    [Fact]
    public void The_own_certificate_loader_only_throws_its_own_exception()
    {
        var identity = _federation.Good(1);
        var trust = _federation.Credentials(identity).Trust.Material;
        var (certificate, key) = (File.ReadAllBytes(identity.CertificatePath), File.ReadAllBytes(identity.KeyPath));
        Fuzz(certificate, bytes => OwnCertificateMaterial.Load("c", bytes, "k", key, trust, DateTimeOffset.UtcNow));
        Fuzz(key, bytes => OwnCertificateMaterial.Load("c", certificate, "k", bytes, trust, DateTimeOffset.UtcNow));
    }

    private static void Fuzz(byte[] good, Action<byte[]> load)
    {
        var random = new Random(20_260_731);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = Mutate(good, random, round);
            try
            {
                load(bytes);
            }
            catch (FederationFileException)
            {
                // As it should.
            }
            catch (Exception fault)
            {
                Assert.Fail($"Round {round}: {fault} for {Convert.ToBase64String(bytes)}");
            }
        }
    }

    /// <summary>Random bytes; flipped text; and, for PEM, flipped DER inside intact armour, so that the parsers below are reached.</summary>
    private static byte[] Mutate(byte[] good, Random random, int round)
    {
        var bytes = (byte[])good.Clone();
        switch (round % 3)
        {
            case 0:
                bytes = new byte[random.Next(0, 2000)];
                random.NextBytes(bytes);
                return bytes;
            case 1:
                for (var i = 0; i < 1 + random.Next(4); i++)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                return bytes[..random.Next(bytes.Length / 2, bytes.Length + 1)];
            default:
                var text = Encoding.UTF8.GetString(good);
                if (!System.Security.Cryptography.PemEncoding.TryFind(text, out var fields))
                {
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                    return bytes;
                }

                var der = Convert.FromBase64String(text[fields.Base64Data]);
                for (var i = 0; i < 1 + random.Next(3); i++)
                {
                    der[random.Next(der.Length)] = (byte)random.Next(256);
                }

                return Encoding.UTF8.GetBytes(System.Security.Cryptography.PemEncoding.WriteString(text[fields.Label], der));
        }
    }
}
