using System.CommandLine;
using System.Globalization;
using Keten.DecisionLog;
using Keten.DecisionLog.Reviews;

namespace Keten.Cli.Log;

/// <summary><c>keten log review list</c>: which uses of break-glass wait for their review, and which are late.</summary>
internal static class ReviewListCommand
{
    private static readonly string[] States = ["open", "overdue", "accepted", "objected", "all"];

    public static Command Create()
    {
        var directory = new Option<string?>("--dir") { Description = "Read a gateway's log from its files, which may be in use, instead of asking the gateway.", HelpName = "DIR" };
        var state = new Option<string>("--state") { Description = $"{string.Join(", ", States)}.", DefaultValueFactory = _ => "open" };
        state.AcceptOnlyFromAmong(States);
        var json = Cli.Json();
        var gateway = new GatewayConnection();
        var command = new Command(
            "list",
            """
            List uses of break-glass with the state of their review and its term. Through the gateway an organisation sees those in which it asked or
            was asked, an officer all; on the files, all.

            Exit code 1 when one of those listed is overdue.

            Examples:
              keten log review list --dir /var/lib/keten/decisions --state all
              keten log review list --gateway https://gateway:8444 --gateway-oin 00000099000000009000 --trust-anchors ca.pem --revocation-list crl.pem \
                --certificate officer.pem --private-key officer-key.pem
            """)
        {
            directory, state, json,
        };
        gateway.AddTo(command);
        command.Act(async (parsed, cancellationToken) =>
        {
            var wanted = parsed.GetRequiredValue(state);
            var items = (parsed.GetValue(directory), gateway.IsGiven(parsed)) switch
            {
                ({ } files, false) => OfFiles(files, wanted, cancellationToken),
                (null, true) => await OfGatewayAsync(gateway, parsed, wanted, cancellationToken),
                _ => throw new CliException("give either --dir DIR or --gateway URL."),
            };
            Tell(items, parsed.GetValue(json));
            return items.Any(item => item.Overdue) ? Cli.NotAsItShould : Cli.Fine;
        });
        return command;
    }

    private static List<ReviewItem> OfFiles(string directory, string state, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        return
        [
            .. BreakGlassFold.Read(directory, onTornTail: Torn, cancellationToken: cancellationToken).Uses
                .Select(use => ReviewItem.From(use, now, viewer: null)).Where(item => item.IsIn(state)),
        ];
    }

    private static async Task<IReadOnlyList<ReviewItem>> OfGatewayAsync(GatewayConnection gateway, ParseResult parsed, string state, CancellationToken cancellationToken)
    {
        using var http = gateway.Open(parsed);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/break-glass?state={state}");
        return (await GatewayConnection.AskAsync<ReviewList>(http, request, cancellationToken)).Items;
    }

    private static void Torn(TornTail tail) => Console.Error.WriteLine("note: the log ends in a record that was never completed or acknowledged; it is left out");

    private static void Tell(IReadOnlyList<ReviewItem> items, bool json)
    {
        if (json)
        {
            Cli.Print(new { open = items.Count(item => item.State == ReviewState.Open), overdue = items.Count(item => item.Overdue), items });
            return;
        }

        foreach (var item in items)
        {
            Console.Out.WriteLine($"{item.DecisionId}  {Words(item),-9}{Moment(item.DecidedAt)}  review by {Moment(item.Due)}  {item.Purpose} {item.Category}");
            Console.Out.WriteLine($"  {item.Caller}{(item.Actor.Length > 0 ? $" ({item.Actor})" : "")} asked {item.Target}: {(item.Justification.Length > 0 ? $"«{item.Justification}»" : "(justification not readable here)")}");
            foreach (var review in item.Reviews)
            {
                var remark = string.Join(' ', new[] { review.RemarkCode, review.Remark }.Where(text => text.Length > 0));
                Console.Out.WriteLine(
                    $"  {review.Found.ToString().ToLowerInvariant()} by {review.Organisation}{(review.Reviewer.Length > 0 ? $" ({review.Reviewer})" : "")} {Moment(review.At)}{(remark.Length > 0 ? $": {remark}" : "")}");
            }
        }

        Console.Out.WriteLine($"{items.Count} listed, {items.Count(item => item.State == ReviewState.Open)} open, {items.Count(item => item.Overdue)} overdue");
    }

    private static string Words(ReviewItem item) => item.Overdue ? "OVERDUE" : item.State.ToString().ToLowerInvariant();

    private static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
