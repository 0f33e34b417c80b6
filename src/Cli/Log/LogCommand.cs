using System.CommandLine;

namespace Keten.Cli.Log;

/// <summary><c>keten log</c>: what a security team does with the decision log.</summary>
internal static class LogCommand
{
    public static Command Create() => new(
        "log",
        """
        The decision log: verify it, ask it, prove a decision, review what was opened in a crisis.

        Exit codes, of every command: 0 as it should be; 1 something was found (damage, a difference, an overdue review); 2 what was given
        cannot be used or who was asked does not answer; 130 stopped by Ctrl-C.
        """)
    {
        VerifyCommand.Create(),
        ProveCommand.Create(),
        CheckCommand.Create(),
        KeyCommand.Create(),
        EraseCommand.Create(),
        ReviewCommand.Create(),
        QueryCommand.Create(),
        TailCommand.Create(),
        StatsCommand.Create(),
        ExportCommand.Create(),
        ReconcileCommand.Create(),
        SubjectCommand.Create(),
    };
}
