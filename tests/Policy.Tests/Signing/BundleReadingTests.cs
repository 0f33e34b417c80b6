using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Keten.Policy.Tests.Support;

namespace Keten.Policy.Tests.Signing;

public sealed class BundleReadingTests
{
    [Theory]
    [InlineData("""{"revision":"x"}""", "roots")]
    [InlineData("""{"revision":"x","roots":[""]}""", "roots")]
    [InlineData("""{"revision":"x","roots":["keten","other"]}""", "roots")]
    [InlineData("""{"roots":["keten"]}""", "revision")]
    [InlineData("""{"revision":"","roots":["keten"]}""", "revision")]
    [InlineData("""{"revision":3,"roots":["keten"]}""", "manifest")]
    [InlineData("[]", "manifest")]
    [InlineData("x", "manifest")]
    public void Refuses_a_manifest_with_other_roots_or_without_a_revision(string manifest, string says) =>
        Refuses(SomeBundle.With(f => f[".manifest"] = Encoding.UTF8.GetBytes(manifest)), says);

    [Theory]
    [InlineData("""{"keten":{},"other":{}}""", "other")]
    [InlineData("[]", "data.json")]
    [InlineData("x", "data.json")]
    public void Refuses_data_outside_its_root(string data, string says) => Refuses(SomeBundle.With(f => f["data.json"] = Encoding.UTF8.GetBytes(data)), says);

    [Fact]
    public void Refuses_a_bundle_larger_than_the_limit_packed_or_unpacked()
    {
        var bomb = SomeBundle.With(f => f["zeros"] = new byte[3 * 1024 * 1024]);
        Assert.True(bomb.Length < 1024 * 1024);
        Refuses(bomb, "larger than", new BundleTrust { MaxBytes = 2 * 1024 * 1024 });
        var path = Path.GetTempFileName();
        File.WriteAllBytes(path, SomeBundle.Released);
        Assert.Contains("larger than", Assert.Throws<PolicyBundleException>(() => PolicyBundle.Load(path, new BundleTrust { MaxBytes = 1024 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_file_twice_a_link_and_half_an_archive()
    {
        Refuses(Tar(t => { Entry(t, "/data.json"); Entry(t, "data.json"); }), "twice");
        Refuses(Tar(t => t.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "data.json") { LinkName = "/etc/passwd" })), "plain files");
        Refuses(SomeBundle.Released[..(SomeBundle.Released.Length / 2)], "bundle");

        static void Entry(TarWriter tar, string name) => tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream("{}"u8.ToArray()) });
    }

    [Fact]
    public void Survives_any_damage_to_the_archive_with_a_refusal()
    {
        var random = new Random(20260301);
        for (var i = 0; i < 300; i++)
        {
            var damaged = SomeBundle.Released[..random.Next(1, SomeBundle.Released.Length)];
            for (var b = 0; b < 8; b++)
            {
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            Assert.Throws<PolicyBundleException>(() => PolicyBundle.Read(damaged, "damaged", BundleTrust.Unsigned));
        }
    }

    private static void Refuses(byte[] archive, string says, BundleTrust? trust = null) => Assert.Contains(
        says, Assert.Throws<PolicyBundleException>(() => PolicyBundle.Read(archive, "test", trust ?? BundleTrust.Unsigned)).Message, StringComparison.Ordinal);

    private static byte[] Tar(Action<TarWriter> write)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            write(tar);
        }

        return packed.ToArray();
    }
}
