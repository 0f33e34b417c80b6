using System.CommandLine;

namespace Keten.Cli.Policy;

/// <summary>Which bundle a command asks.</summary>
internal static class BundleOption
{
    public static Option<string?> Create() => new("--bundle")
    {
        Description = "The bundle to ask: a file, or a directory that holds bundle.tar.gz. Without it: the one this version was released with.", HelpName = "FILE",
    };
}
