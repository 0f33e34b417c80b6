using System.CommandLine;
using System.Net.Http.Json;
using Keten.DecisionLog.Reviews;

namespace Keten.Cli.Log;

/// <summary><c>keten log review accept</c> and <c>object</c>: through the gateway, whose log it is.</summary>
internal static class ReviewGiveCommand
{
    public static Command Accept()
    {
        var command = new Command("accept", "Break-glass was used as it is meant.");
        return Complete(command, "accepted", code: null);
    }

    public static Command Object()
    {
        var code = new Option<string>("--code") { Description = $"Why: {string.Join(", ", RemarkCodes.All)}.", Required = true };
        code.AcceptOnlyFromAmong([.. RemarkCodes.All]);
        var command = new Command(
            "object",
            """
            Break-glass was not used as it is meant, or that cannot be seen. The objection stays on the log; what follows is people's work.
            `no-red-crisis` is a data breach to be assessed (AVG 33 and 34).
            """)
        {
            code,
        };
        return Complete(command, "objected", code);
    }

    private static Command Complete(Command command, string verdict, Option<string>? code)
    {
        var decision = new Argument<string>("DECISION") { Description = "The decision id, from the notice or from the list." };
        var reviewer = new Option<string>("--reviewer") { Description = "Who reviews: the opaque id your own organisation knows you by.", Required = true, HelpName = "ID" };
        var remark = new Option<string?>("--remark") { Description = "In your words, on one line; no personal data.", HelpName = "TEXT" };
        var json = Cli.Json();
        var gateway = new GatewayConnection();
        command.Arguments.Add(decision);
        foreach (var option in (Option[])[reviewer, remark, json])
        {
            command.Options.Add(option);
        }

        gateway.AddTo(command);
        command.Act(async (parsed, cancellationToken) =>
        {
            using var http = gateway.Open(parsed);
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/break-glass/{Uri.EscapeDataString(parsed.GetRequiredValue(decision))}/review")
            {
                Content = JsonContent.Create(new
                {
                    verdict, reviewer = parsed.GetRequiredValue(reviewer), remarkCode = code is null ? null : parsed.GetValue(code), remark = parsed.GetValue(remark),
                }),
            };
            await request.Content.LoadIntoBufferAsync(cancellationToken);
            var item = await GatewayConnection.AskAsync<ReviewItem>(http, request, cancellationToken);
            if (parsed.GetValue(json))
            {
                Cli.Print(item);
            }
            else
            {
                Console.Out.WriteLine($"{item.DecisionId}  {verdict}; the review stands as {item.State.ToString().ToLowerInvariant()}");
            }

            return Cli.Fine;
        });
        return command;
    }
}
