using System.CommandLine;
using System.Net.Http.Json;
using Keten.Contracts.Identifiers;

namespace Keten.Cli.Log;

/// <summary><c>keten log erase</c>: through the gateway, whose log it is.</summary>
internal static class EraseCommand
{
    public static Command Create()
    {
        var person = new Argument<string?>("PSEUDONYM") { Description = "Whom it is about.", Arity = ArgumentArity.ZeroOrOne };
        var file = new Option<string?>("--subject-file") { Description = "A file with the pseudonym on its one line: then it is not in the shell's history.", HelpName = "FILE" };
        var ground = new Option<string>("--ground") { Description = "Why, for the log; no personal data. For instance «AVG 17.1.d, besluit 2026-14».", Required = true, HelpName = "TEXT" };
        var force = new Option<bool>("--force") { Description = "Also while the records must still be kept (NEN 7513: five years)." };
        var json = Cli.Json();
        var gateway = new GatewayConnection();
        var command = new Command(
            "erase",
            """
            Make what the decision log says of one person unreadable, for good: the key it is sealed with is destroyed. Who asked what of whom, when and
            why stays; the tree over the log verifies as before; a later decision on the same person is sealed with a new key. For the role
            privacy-officer. Copies of the key file (a backup) are yours to destroy.

            Exit code 0: erased; 1: this log holds nothing of that person; 2: refused, or the gateway does not answer.
            """)
        {
            person, file, ground, force, json,
        };
        gateway.AddTo(command);
        command.Act(async (parsed, cancellationToken) =>
        {
            using var http = gateway.Open(parsed);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/log/erasures")
            {
                Content = JsonContent.Create(new
                {
                    subject = Subject(parsed.GetValue(person), parsed.GetValue(file)), ground = parsed.GetRequiredValue(ground), force = parsed.GetValue(force),
                }),
            };
            await request.Content.LoadIntoBufferAsync(cancellationToken);
            var erased = await GatewayConnection.AskAsync<Erased>(http, request, cancellationToken);
            if (parsed.GetValue(json))
            {
                Cli.Print(erased);
            }
            else
            {
                Console.Out.WriteLine(erased.Keys > 0
                    ? "erased; the erasure itself is on the log. Destroy the copies of subjects.keys that you keep elsewhere."
                    : "this log holds nothing of that person, or it was erased before");
            }

            return erased.Keys > 0 ? Cli.Fine : Cli.NotAsItShould;
        });
        return command;
    }

    private static string Subject(string? argument, string? file)
    {
        if ((argument is null) == (file is null))
        {
            throw new CliException("give the pseudonym, or --subject-file with a file that holds it");
        }

        var text = argument ?? File.ReadAllText(file!).Trim();
        return Pseudonym.TryParse(text, out var person) ? person.Value
            : throw new CliException($"{(file is null ? "PSEUDONYM" : file)}: expected a pseudonym, key id, dot and 43 characters");
    }

    private sealed record Erased(int Keys);
}
