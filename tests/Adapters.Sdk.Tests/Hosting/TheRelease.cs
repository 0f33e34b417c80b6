using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Keten.Policy;

namespace Keten.Adapters.Sdk.Tests.Hosting;

/// <summary>Whoever releases policy: a key, the folder that adapters follow, and bundles in it.</summary>
internal sealed class TheRelease : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private int _released;

    public TheRelease()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(PublicKey, _key.ExportSubjectPublicKeyInfoPem());
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("keten-release-").FullName;

    public string Folder => Path.Combine(Root, "bundles");

    public string PublicKey => Path.Combine(Root, "public.pem");

    /// <summary>A signed bundle with the released rules, and the register as the test changes it.</summary>
    public void Release(string revision, Action<JsonNode>? change = null) => Put(PolicyBundle.Sign(Bundle(revision, change), revision, _key, "keten"));

    /// <summary>The same by nobody in particular.</summary>
    public void ReleaseUnsigned(string revision) => Put(Bundle(revision, null));

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    private static byte[] Bundle(string revision, Action<JsonNode>? change)
    {
        using var released = new MemoryStream(PolicyBundle.EmbeddedArchive());
        var files = new Dictionary<string, byte[]>(BundleArchive.Unpack(released, "released", BundleTrust.DefaultMaxBytes), StringComparer.Ordinal);
        files[".manifest"] = Encoding.UTF8.GetBytes($$"""{"revision":"{{revision}}","roots":["keten"],"rego_version":1}""");
        var data = JsonNode.Parse(files["data.json"])!;
        change?.Invoke(data["keten"]!["register"]!);
        files["data.json"] = Encoding.UTF8.GetBytes(data.ToJsonString());
        return BundleArchive.Pack(files);
    }

    // Beside and renamed into place, with a later time than the one before whatever the clock's resolution.
    private void Put(byte[] bundle)
    {
        var file = Path.Combine(Folder, $"bundle-{++_released}.tar.gz");
        File.WriteAllBytes(file + ".new", bundle);
        File.SetLastWriteTimeUtc(file + ".new", new DateTime(2026, 3, 1, 0, _released, 0, DateTimeKind.Utc));
        File.Move(file + ".new", file);
    }
}
