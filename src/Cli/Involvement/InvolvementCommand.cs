using System.CommandLine;

namespace Keten.Cli.Involvement;

/// <summary><c>keten involvement</c>: what an organisation does with its own involvements, through its own adapter.</summary>
internal static class InvolvementCommand
{
    public static Command Create() => new("involvement", "Report a whole client base, or erase it, through your own adapter. Nobody else's adapter answers.")
    {
        ImportCommand.Create(), EraseCommand.Create(),
    };
}
