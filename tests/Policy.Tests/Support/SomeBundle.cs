using System.Text;

namespace Keten.Policy.Tests.Support;

/// <summary>Bundles for tests: the released one taken apart and put together otherwise.</summary>
internal static class SomeBundle
{
    public static byte[] Released { get; } = PolicyBundle.EmbeddedArchive();

    public static Dictionary<string, byte[]> Files() => new(BundleArchive.Unpack(new MemoryStream(Released), "released", BundleTrust.DefaultMaxBytes), StringComparer.Ordinal);

    /// <summary>The released bundle under another revision, which is another bundle.</summary>
    public static byte[] WithRevision(string revision) => With(files =>
        files[".manifest"] = Encoding.UTF8.GetBytes($$"""{"revision":"{{revision}}","roots":["keten"],"rego_version":1}"""));

    public static byte[] With(Action<Dictionary<string, byte[]>> change)
    {
        var files = Files();
        change(files);
        return BundleArchive.Pack(files);
    }

    /// <summary>Compiles Rego of our two entry points with the real OPA.</summary>
    public static async Task<byte[]> CompileAsync(string directory, string access, string level, string data)
    {
        var source = Directory.CreateDirectory(Path.Combine(directory, "source"));
        await File.WriteAllTextAsync(Path.Combine(source.FullName, "access.rego"), access);
        await File.WriteAllTextAsync(Path.Combine(source.FullName, "level.rego"), level);
        await File.WriteAllTextAsync(Path.Combine(source.FullName, "data.json"), data);
        await File.WriteAllTextAsync(Path.Combine(source.FullName, ".manifest"), """{"revision":"made","roots":["keten"]}""");
        await Opa.RunAsync(directory, "build", "-t", "wasm", "-e", "keten/access/decision", "-e", "keten/matching/level", "-b", "source", "-o", "made.tar.gz");
        return await File.ReadAllBytesAsync(Path.Combine(directory, "made.tar.gz"));
    }
}
