using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

namespace Keten.Policy;

/// <summary>
/// A compiled OPA bundle as <c>opa build -t wasm</c> writes it: <c>.manifest</c>, <c>data.json</c> and <c>policy.wasm</c> in a gzipped tar.
/// Only read here; <see cref="WasmPolicyEngine"/> compiles and runs it.
/// </summary>
public sealed class PolicyBundle
{
    /// <summary>Entry points the gateway and the adapters call; a bundle without one of them is refused.</summary>
    public const string DecisionEntryPoint = "keten/access/decision";

    /// <inheritdoc cref="DecisionEntryPoint"/>
    public const string VisibilityEntryPoint = "keten/matching/level";

    private const int MaxBytes = 32 * 1024 * 1024;

    private PolicyBundle(string revision, byte[] data, byte[] wasm)
    {
        Revision = revision;
        Data = data;
        Wasm = wasm;
    }

    /// <summary>The manifest's revision.</summary>
    public string Revision { get; }

    internal byte[] Data { get; }

    internal byte[] Wasm { get; }

    /// <summary>The bundle this version was released with.</summary>
    public static PolicyBundle Embedded()
    {
        using var stream = typeof(PolicyBundle).Assembly.GetManifestResourceStream("bundle.tar.gz")!;
        return Read(stream, "the embedded bundle");
    }

    /// <summary>Reads a bundle file.</summary>
    /// <exception cref="PolicyBundleException">The file is missing, no bundle, too large, or lacks a part; the message says which.</exception>
    public static PolicyBundle Load(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return Read(file, path);
        }
        catch (IOException problem)
        {
            throw new PolicyBundleException($"{path}: cannot be read ({problem.Message}); expected a bundle built by eng/build-bundle.sh", problem);
        }
        catch (UnauthorizedAccessException problem)
        {
            throw new PolicyBundleException($"{path}: this process may not read it", problem);
        }
    }

    private static PolicyBundle Read(Stream stream, string name)
    {
        var parts = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            using var gzip = new GZipStream(stream, CompressionMode.Decompress);
            using var tar = new TarReader(gzip);
            var total = 0L;
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.DataStream is null)
                {
                    continue;
                }

                total += entry.Length;
                if (total > MaxBytes)
                {
                    throw new PolicyBundleException($"{name}: larger than {MaxBytes} bytes unpacked");
                }

                using var part = new MemoryStream();
                entry.DataStream.CopyTo(part);
                parts[entry.Name.TrimStart('.', '/')] = part.ToArray();
            }
        }
        catch (InvalidDataException problem)
        {
            throw new PolicyBundleException($"{name}: not a gzipped tar; expected a bundle built by eng/build-bundle.sh", problem);
        }

        return new PolicyBundle(
            RevisionOf(Part("manifest"), name), Part("data.json"), Part("policy.wasm"));

        byte[] Part(string part) => parts.TryGetValue(part, out var bytes) ? bytes
            : throw new PolicyBundleException($"{name}: has no {part}; build it with eng/build-bundle.sh");
    }

    private static string RevisionOf(byte[] manifest, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(manifest);
            return document.RootElement.TryGetProperty("revision", out var revision) && revision.GetString() is { Length: > 0 } text
                ? text : throw new PolicyBundleException($"{name}: .manifest has no revision");
        }
        catch (JsonException problem)
        {
            throw new PolicyBundleException($"{name}: .manifest is no JSON", problem);
        }
    }
}
