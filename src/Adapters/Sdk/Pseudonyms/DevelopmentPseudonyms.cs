using System.Security.Cryptography;
using System.Text;
using Keten.Contracts.Identifiers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Keten.Adapters.Sdk.Pseudonyms;

/// <summary>A keyed hash (HMAC-SHA256, key id <c>dev</c>) in the place of the oblivious evaluators. For development only.</summary>
public sealed partial class DevelopmentPseudonyms : IPseudonymSource
{
    private const string KeyId = "dev";
    private const int KeyLength = 32;
    private const int MaxNumbers = 1_000;

    private static readonly byte[] Scope = "keten-development-pseudonym-v1:"u8.ToArray();
    private readonly byte[] _key;

    /// <summary>Reads the key.</summary>
    /// <exception cref="InvalidOperationException">Not switched on, or no usable key file.</exception>
    public DevelopmentPseudonyms(IOptions<DevelopmentPseudonymOptions> options, ILogger<DevelopmentPseudonyms> logger)
    {
        if (!options.Value.Enabled)
        {
            throw new InvalidOperationException(
                "Development pseudonyms: Enabled is false: set it to true for development with invented people, or configure the pseudonym evaluators.");
        }

        _key = ReadKey(options.Value.KeyFile);
        Log.Development(logger);
    }

    /// <summary>Makes a new random key file that only this account can read. Hand the same file to all participants.</summary>
    /// <exception cref="IOException">The file exists, or cannot be written.</exception>
    public static void CreateKeyFile(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, Encoding.ASCII, options);
        writer.WriteLine(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyLength)));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Pseudonym>> EvaluateAsync(IReadOnlyList<string> bsns, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(bsns);
        cancellationToken.ThrowIfCancellationRequested();
        if (bsns.Count > MaxNumbers)
        {
            throw new ArgumentException($"At most {MaxNumbers} numbers at once.", nameof(bsns));
        }

        return Task.FromResult<IReadOnlyList<Pseudonym>>([.. bsns.Select(Evaluate)]);
    }

    private Pseudonym Evaluate(string bsn, int index)
    {
        if (!Bsn.IsValid(bsn))
        {
            throw new ArgumentException($"Number {index} does not pass the elfproef.", nameof(bsn));
        }

        return Pseudonym.Create(KeyId, HMACSHA256.HashData(_key, (byte[])[.. Scope, .. Encoding.ASCII.GetBytes(bsn)]));
    }

    private static byte[] ReadKey(string path)
    {
        try
        {
            var key = Convert.FromBase64String(File.ReadAllText(path).Trim());
            return key.Length >= KeyLength ? key : throw new FormatException();
        }
        catch (Exception failure) when (failure is IOException or FormatException or ArgumentException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"Adapter:DevelopmentPseudonymKey '{path}' is no key: expected at least {KeyLength} bytes in base64, for instance from 'openssl rand -base64 32'.",
                failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5201, LogLevel.Warning,
            "DEVELOPMENT PSEUDONYMS are on: whoever has the key file can rebuild every BSN. Invented people only.")]
        public static partial void Development(ILogger logger);
    }
}
