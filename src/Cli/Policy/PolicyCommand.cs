using System.CommandLine;
using Keten.Cli.Policy.Bundle;

namespace Keten.Cli.Policy;

/// <summary><c>keten policy</c>: what a privacy officer reads, tests and compares a policy with.</summary>
internal static class PolicyCommand
{
    public static Command Create()
    {
        var command = new Command(
            "policy",
            """
            Read, test and change the policy: see what a change does before it does it. From opening a file to a released change: docs/privacy-officer.md.

            Exit codes, of every command: 0 as it should be; 1 something is not as expected, or opens; 2 what was given cannot be used; 130 stopped by Ctrl-C.
            """)
        {
            TestCommand.Create(), CheckCommand.Create(), ExplainCommand.Create(), MatrixCommand.Create(), DiffCommand.Create(), ReplayCommand.Create(),
        };
        foreach (var bundle in BundleCommands.All())
        {
            command.Add(bundle);
        }

        return command;
    }
}
