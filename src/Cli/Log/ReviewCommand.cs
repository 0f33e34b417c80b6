using System.CommandLine;

namespace Keten.Cli.Log;

/// <summary><c>keten log review</c>: what break-glass opened, reviewed by the privacy officers.</summary>
internal static class ReviewCommand
{
    public static Command Create() => new(
        "review",
        """
        Review what was opened by break-glass: within 24 hours, by the privacy officer of the organisation that asked; the one of the organisation
        that was asked may review as well. A review is a record on the log and is given once.
        """)
    {
        ReviewListCommand.Create(),
        ReviewGiveCommand.Accept(),
        ReviewGiveCommand.Object(),
    };
}
