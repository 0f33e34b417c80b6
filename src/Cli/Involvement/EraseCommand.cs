using System.CommandLine;
using System.Text.Json;
using Keten.Protocol.V1;

namespace Keten.Cli.Involvement;

/// <summary><c>keten involvement erase</c>.</summary>
internal static class EraseCommand
{
    public static Command Create()
    {
        var connection = new AdapterConnection();
        var client = new Option<string?>("--client") { Description = "Your own id of the client: everything reported of them.", HelpName = "ID" };
        var involvement = new Option<string?>("--involvement") { Description = "One involvement.", HelpName = "ID" };
        var json = new Option<bool>("--json") { Description = "One JSON object on stdout." };
        var command = new Command(
            "erase", "Forget what was reported of a client, or one involvement: in the adapter, at the gateway and at the broker. Who was told of a match is told that it ended.")
        {
            client, involvement, json,
        };
        connection.AddTo(command);
        command.Act(async (parsed, cancellationToken) =>
        {
            var request = (parsed.GetValue(client), parsed.GetValue(involvement)) switch
            {
                ({ Length: > 0 } id, null) => new EraseInvolvementsRequest { ClientId = id },
                (null, { Length: > 0 } id) => new EraseInvolvementsRequest { InvolvementId = id },
                _ => throw new CliException("give --client or --involvement, one of the two."),
            };
            using var channel = connection.Open(parsed);
            var answer = await new CaseSystemService.CaseSystemServiceClient(channel).EraseInvolvementsAsync(
                request, deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(1), cancellationToken: cancellationToken);
            await Console.Out.WriteLineAsync(parsed.GetValue(json)
                ? JsonSerializer.Serialize(new { erased = answer.Erased }, JsonSerializerOptions.Web)
                : $"Erased {answer.Erased} involvements. The gateway and the broker follow as soon as the broker is reached.");
            return Cli.Fine;
        });
        return command;
    }
}
