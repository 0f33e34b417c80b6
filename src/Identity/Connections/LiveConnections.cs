using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Keten.Identity;

/// <summary>The connections that are open. When roots, revocation lists or registry change, each is judged anew and ended if it no longer passes.</summary>
public sealed partial class LiveConnections : IDisposable
{
    private readonly ConcurrentDictionary<FederationConnection, byte> _open = new();
    private readonly ILogger<LiveConnections> _logger;
    private readonly TimeProvider _time;
    private readonly List<IDisposable> _subscriptions = [];
    private long _generation;

    internal LiveConnections(FederationTrust trust, IParticipantRegistry? registry, TimeProvider time, ILogger<LiveConnections> logger)
    {
        Trust = trust;
        Registry = registry;
        _time = time;
        _logger = logger;
        _subscriptions.Add(ChangeToken.OnChange(trust.GetReloadToken, Recheck));
        if (registry is not null)
        {
            _subscriptions.Add(ChangeToken.OnChange(registry.GetReloadToken, Recheck));
        }
    }

    /// <summary>How many are open now, those that shake hands included.</summary>
    public int Count => _open.Count;

    internal FederationTrust Trust { get; }

    internal IParticipantRegistry? Registry { get; }

    /// <summary>Rises with every change of the files; what a connection found out before is then stale.</summary>
    internal long Generation => Volatile.Read(ref _generation);

    /// <inheritdoc/>
    public void Dispose() => _subscriptions.ForEach(subscription => subscription.Dispose());

    internal void Add(FederationConnection connection) => _open.TryAdd(connection, 0);

    internal void Remove(FederationConnection connection) => _open.TryRemove(connection, out _);

    /// <summary>Judges what time alone has ended: a certificate or a revocation list that expired.</summary>
    internal void EndExpired()
    {
        var now = _time.GetUtcNow();
        foreach (var (connection, _) in _open)
        {
            if (connection.Outlived(now))
            {
                End(connection);
            }
        }
    }

    private void Recheck()
    {
        Interlocked.Increment(ref _generation);
        foreach (var (connection, _) in _open)
        {
            End(connection);
        }
    }

    private void End(FederationConnection connection)
    {
        if (connection.EndIfFallen(out var reason, out var certificate))
        {
            Remove(connection);
            Log.Ended(_logger, reason, connection.Remote, certificate?.Thumbprint ?? "");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1221, LogLevel.Warning, "Connection from {Remote} ended: {Reason}, certificate {Thumbprint}.")]
        public static partial void Ended(ILogger logger, string reason, System.Net.EndPoint? remote, string thumbprint);
    }
}
