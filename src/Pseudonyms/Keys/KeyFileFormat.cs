using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Keten.Oprf;

namespace Keten.Pseudonyms;

/// <summary>The key file as JSON. Secrets pass through buffers that are overwritten, never through a string.</summary>
internal static class KeyFileFormat
{
    private const int MostBytes = 64 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static EvaluatorKeyFile Read(string path)
    {
        byte[] content = [];
        try
        {
            content = ReadPrivate(path);
            using var document = JsonDocument.Parse(content);
            return Read(document.RootElement);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException($"{path}: the key file cannot be read ({fault.Message}). Make one with keten pseudonym keygen, or give its path.", fault);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or FormatException or InvalidOperationException or CryptographicException)
        {
            // The inner exception may quote the content: it stays behind.
            throw new KeyFileException($"{path}: this is no key file of an evaluator, or it is damaged. Put back the sealed copy; a new one is another key.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    public static void Write(string path, EvaluatorKeyFile file, bool mayReplace)
    {
        var buffer = new ArrayBufferWriter<byte>(MostBytes);
        try
        {
            using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
            {
                Write(writer, file);
            }

            WritePrivate(path, buffer.WrittenSpan, mayReplace);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException($"{path}: the key file cannot be written ({fault.Message}).", fault);
        }
        finally
        {
            buffer.Clear();
        }
    }

    private static EvaluatorKeyFile Read(JsonElement root)
    {
        var transport = ECDiffieHellman.Create();
        var encoded = root.GetProperty("transport").GetBytesFromBase64();
        transport.ImportPkcs8PrivateKey(encoded, out _);
        CryptographicOperations.ZeroMemory(encoded);
        return new EvaluatorKeyFile(root.GetProperty("evaluator").GetString() ?? throw new FormatException(), transport,
            root.GetProperty("keys").EnumerateArray().Select(ReadShare).ToList());
    }

    private static KeyShare ReadShare(JsonElement key)
    {
        var state = Enum.Parse<ShareState>(key.GetProperty("state").GetString() ?? "", ignoreCase: true);
        return new KeyShare(
            key.GetProperty("id").GetString() ?? throw new FormatException(), state, key.GetProperty("epoch").GetInt32(),
            key.GetProperty("created").GetDateTimeOffset(), key.TryGetProperty("retires", out var retires) ? retires.GetDateTimeOffset() : null,
            state == ShareState.Retired ? null : ReadKey(key.GetProperty("share")),
            key.TryGetProperty("pending", out var pending) ? ReadKey(pending) : null);
    }

    private static EvaluationKey ReadKey(JsonElement encoded)
    {
        var bytes = encoded.GetBytesFromBase64();
        var key = EvaluationKey.TryImport(bytes, out var read) ? read : throw new FormatException();
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    private static void Write(Utf8JsonWriter writer, EvaluatorKeyFile file)
    {
        writer.WriteStartObject();
        writer.WriteString("evaluator", file.Evaluator);
        var transport = file.Transport.ExportPkcs8PrivateKey();
        writer.WriteBase64String("transport", transport);
        CryptographicOperations.ZeroMemory(transport);
        writer.WriteStartArray("keys");
        foreach (var key in file.Keys)
        {
            writer.WriteStartObject();
            writer.WriteString("id", key.Id);
            writer.WriteString("state", key.State.ToString().ToLowerInvariant());
            writer.WriteNumber("epoch", key.Epoch);
            writer.WriteString("created", key.Created);
            if (key.Retires is { } retires)
            {
                writer.WriteString("retires", retires);
            }

            WriteKey(writer, "share", key.Key);
            WriteKey(writer, "pending", key.Pending);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteKey(Utf8JsonWriter writer, string name, EvaluationKey? key)
    {
        if (key is null)
        {
            return;
        }

        Span<byte> bytes = stackalloc byte[EvaluationKey.Length];
        key.Export(bytes);
        writer.WriteBase64String(name, bytes);
        CryptographicOperations.ZeroMemory(bytes);
    }

    private static byte[] ReadPrivate(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & ~OwnerOnly) != 0)
        {
            throw new KeyFileException($"{path}: others than its owner may read or write the key file. Run: chmod 600 {path}");
        }

        if (file.Length is 0 or > MostBytes)
        {
            throw new FormatException();
        }

        var content = GC.AllocateUninitializedArray<byte>((int)file.Length, pinned: true);
        file.ReadExactly(content);
        return content;
    }

    /// <summary>Beside the target and then renamed: a reader sees the old file or the new one, and a power cut leaves one of the two.</summary>
    private static void WritePrivate(string path, ReadOnlySpan<byte> content, bool mayReplace)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using (var file = new FileStream(temporary, options))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: mayReplace);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
