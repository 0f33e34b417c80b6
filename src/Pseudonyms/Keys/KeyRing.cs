using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Keten.Pseudonyms.Keys;

/// <summary>The shares in use, followed from the key file. What is replaced is overwritten when no evaluation uses it any more.</summary>
internal sealed partial class KeyRing : IDisposable
{
    private readonly string _path;
    private readonly ILogger<KeyRing> _logger;
    private readonly ReaderWriterLockSlim _lock = new();
    private EvaluatorKeyFile _file;
    private byte[] _digest;
    private string? _fault;

    public KeyRing(IOptions<EvaluatorOptions> options, ILogger<KeyRing> logger)
    {
        (_path, _logger) = (options.Value.KeyFile, logger);
        _digest = Digest();
        _file = EvaluatorKeyFile.Load(_path);
        Log.Loaded(_logger, _file.Evaluator, Describe());
    }

    /// <summary>Works with the live share of an id; the share stays what it is meanwhile. False when there is none.</summary>
    public bool TryUse<T>(string keyId, Func<KeyShare, T> work, out T? result)
    {
        _lock.EnterReadLock();
        try
        {
            var share = _file.Keys.FirstOrDefault(k => k.Id == keyId && k.State != ShareState.Retired);
            result = share is null ? default : work(share);
            return share is not null;
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <summary>Something of every live share.</summary>
    public IReadOnlyList<T> Describe<T>(Func<KeyShare, T> of)
    {
        _lock.EnterReadLock();
        try
        {
            return [.. _file.Keys.Where(k => k.State != ShareState.Retired).Select(of)];
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <summary>Reads the file again when it has changed; a broken one changes nothing and is told once.</summary>
    public void Poll()
    {
        try
        {
            var digest = Digest();
            if (digest.AsSpan().SequenceEqual(_digest))
            {
                _fault = null;
                return;
            }

            var next = EvaluatorKeyFile.Load(_path);
            _lock.EnterWriteLock();
            try
            {
                _file.Dispose();
                (_file, _digest) = (next, digest);
            }
            finally
            {
                _lock.ExitWriteLock();
            }

            _fault = null;
            Log.Loaded(_logger, next.Evaluator, Describe());
        }
        catch (Exception fault) when (fault is KeyFileException or IOException or UnauthorizedAccessException)
        {
            if (_fault != fault.Message)
            {
                _fault = fault.Message;
                Log.Broken(_logger, fault.Message);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _lock.Dispose();
    }

    private string Describe() => string.Join(", ", Describe(k => $"{k.Id} {k.State.ToString().ToLowerInvariant()} epoch {k.Epoch}"));

    private byte[] Digest()
    {
        try
        {
            using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return SHA256.HashData(file);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new KeyFileException($"Evaluator:KeyFile '{_path}' does not exist. Make one with keten pseudonym keygen, or give its path.", fault);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(8711, LogLevel.Information, "Evaluator {Evaluator} uses its key file: {Keys}")]
        public static partial void Loaded(ILogger logger, string evaluator, string keys);

        [LoggerMessage(8712, LogLevel.Error, "The changed key file is broken; the keys before it stay in use. {Fault}")]
        public static partial void Broken(ILogger logger, string fault);
    }
}
