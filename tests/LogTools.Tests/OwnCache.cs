using System.Runtime.CompilerServices;

namespace Keten.LogTools.Tests;

/// <summary>The commands' indexes go where they are cleared away with the machine's other temporary files.</summary>
internal static class OwnCache
{
    [ModuleInitializer]
    internal static void Use() => Environment.SetEnvironmentVariable("XDG_CACHE_HOME", Directory.CreateTempSubdirectory("keten-cache-").FullName);
}
