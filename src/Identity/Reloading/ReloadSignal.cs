using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Keten.Identity;

/// <summary>Change tokens that fire once each.</summary>
internal sealed class ReloadSignal
{
    private ConfigurationReloadToken _next = new();

    public IChangeToken Token => Volatile.Read(ref _next);

    /// <summary>Listeners run before this returns.</summary>
    public void Fire() => Interlocked.Exchange(ref _next, new ConfigurationReloadToken()).OnReload();
}
