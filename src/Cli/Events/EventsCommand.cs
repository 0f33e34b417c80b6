using System.CommandLine;

namespace Keten.Cli.Events;

/// <summary><c>keten events</c>: what an operator does with the event stream.</summary>
internal static class EventsCommand
{
    public static Command Create() => new(
        "events",
        """
        The event stream of a federation: topics, rights at the broker, lag, dead letters, doing something again.

        Exit codes, of every command: 0 as it should be; 1 something is behind, set aside or different; 2 what was given cannot be used or the
        broker does not answer; 130 stopped by Ctrl-C.
        """)
    {
        InitCommand.Create(), AclCommand.Create(), LagCommand.Create(), DeadLetterCommands.Create(), ReplayCommand.Create(),
    };
}
