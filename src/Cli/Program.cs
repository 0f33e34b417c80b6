using System.CommandLine;
using Keten.Cli.Bench;
using Keten.Cli.Chaos;
using Keten.Cli.Demo;
using Keten.Cli.Events;
using Keten.Cli.Involvement;
using Keten.Cli.Log;
using Keten.Cli.Pki;
using Keten.Cli.Policy;
using Keten.Cli.Pseudonyms;

var root = new RootCommand(
    """
    KetenGateway: data stays where it is, and travels for one stated purpose, under a policy that can be read, on a record that can be proved.

    Start with `keten demo`: a wijkteam reads a name and address from the municipality, is refused what its purpose does not cover,
    and hears that Veilig Thuis is involved with the same child. `keten test` runs every test; it installs what the tests need.
    """)
{
    DemoCommand.Create(),
    PkiCommand.Create(),
    InvolvementCommand.Create(),
    PolicyCommand.Create(),
    PseudonymCommand.Create(),
    EventsCommand.Create(),
    LogCommand.Create(),
    ChaosCommand.Create(),
    new Command("bench", "Measure on this machine.") { PolicyBenchCommand.Create(), EventBenchCommand.Create(), LogBenchCommand.Create(), ImportBenchCommand.Create(), PseudonymBenchCommand.Create() },
    new Command("test", "Install what the tests need, run them all, and end with a line «N passed, N failed». (Handled by the keten script; see eng/test.sh --help.)"),
};

// Wrong usage is 2: for some commands 1 says that something was found.
var parsed = root.Parse(args);
var code = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? 2 : code;
