using Microsoft.Extensions.Logging;

namespace Keten.Client.Pseudonyms;

/// <summary>The federation's keys as they are now: the file is looked at with every use, and a broken one leaves the last good one in place.</summary>
internal sealed partial class FederationKeysFile
{
    private readonly string _path;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private FederationKeys _keys;
    private (DateTime Written, long Length) _stamp;

    public FederationKeysFile(string path, ILogger logger)
    {
        (_path, _logger) = (path, logger);
        _stamp = Stamp();
        _keys = FederationKeys.Load(path);
    }

    public FederationKeys Current
    {
        get
        {
            lock (_gate)
            {
                var stamp = Stamp();
                if (stamp != _stamp)
                {
                    _stamp = stamp;
                    Read();
                }

                return _keys;
            }
        }
    }

    private void Read()
    {
        try
        {
            _keys = FederationKeys.Load(_path);
            Log.Loaded(_logger, string.Join(", ", _keys.Keys.Select(k => k.Id)));
        }
        catch (PseudonymException fault)
        {
            Log.Broken(_logger, fault.Message);
        }
    }

    // Of a file that is gone: the year 1601 and nothing.
    private (DateTime Written, long Length) Stamp() => (File.GetLastWriteTimeUtc(_path), File.Exists(_path) ? new FileInfo(_path).Length : -1);

    private static partial class Log
    {
        [LoggerMessage(8751, LogLevel.Information, "The federation's pseudonym keys were read again; current first: {Keys}")]
        public static partial void Loaded(ILogger logger, string keys);

        [LoggerMessage(8752, LogLevel.Error, "The federation's changed pseudonym keys cannot be used; those before them stay. {Fault}")]
        public static partial void Broken(ILogger logger, string fault);
    }
}
