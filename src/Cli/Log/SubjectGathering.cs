using System.Globalization;
using Grpc.Core;
using Keten.Client;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.PolicyTools;
using Keten.Protocol.V1;

namespace Keten.Cli.Log;

/// <summary>Asks the gateway and every participant that may answer, all through the gateway, each question decided and recorded.</summary>
internal sealed class SubjectGathering(KetenClient client, Oin gateway, PolicyRegister register)
{
    private const int PageLines = 1_000;
    private const int MostOrganisations = 200;
    private const int AtOnce = 8;
    private const string GatewayName = "KetenGateway";
    private const string ChildObjects = "CHILD_OBJECTS";

    private static readonly IReadOnlyList<ProcessingLine> NoLines = [];

    /// <summary>An organisation that does not answer is in the answer as such.</summary>
    /// <exception cref="KetenException">The directory does not answer: then nobody knows who to ask.</exception>
    public async Task<SubjectAnswer> AskAsync(SubjectQuestion question, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var directory = await DirectoryAsync(question, cancellationToken);
        var names = directory.ToDictionary(o => o.Oin, o => o.Name, StringComparer.Ordinal);
        names.TryAdd(gateway.Value, GatewayName);
        using var slots = new SemaphoreSlim(AtOnce);
        var parts = await Task.WhenAll(directory.Where(organisation => organisation.Type != SubjectQuestion.Portal)
            .Select(organisation => AskAsync(organisation, question, now, slots, cancellationToken))
            .Prepend(AskAsync(new SubjectSource(gateway.Value, GatewayName, SubjectSource.Gateway, SubjectSourceState.Answered), question, now, slots, cancellationToken)));

        // A young person's objection stands in one organisation's file, and holds for all.
        return SubjectAnswer.Of(now, parts.Any(part => part.Source.Reason == ChildObjects) ? parts.Select(part => (part.Source, NoLines)) : parts, names);
    }

    private async Task<List<SubjectSource>> DirectoryAsync(SubjectQuestion question, CancellationToken cancellationToken)
    {
        var ask = new Ask { Target = gateway, Subject = null, Purpose = "expertise-vinden", Actor = question.Actor, ActorRole = question.Role };
        var found = new List<SubjectSource>();

        // By type, because a list holds two hundred at most.
        foreach (var type in register.Callers)
        {
            var answer = await client.SearchOrganisationsAsync(
                ask, new SearchOrganisationsRequest { OrganisationType = type.Id, Limit = MostOrganisations }, cancellationToken);
            if (answer.Data.Count == MostOrganisations)
            {
                throw new CliException($"the directory has more than {MostOrganisations} of type {type.Id}, and a list holds no more: the answer would not be complete");
            }

            var state = MayAnswer(type.Id) ? SubjectSourceState.Answered : SubjectSourceState.AskThere;
            found.AddRange(answer.Data.Select(organisation => new SubjectSource(organisation.Oin, organisation.Name, type.Id, state)));
        }

        return found;
    }

    private bool MayAnswer(string type) =>
        register.Line(SubjectQuestion.Purpose, SubjectQuestion.Category, SubjectQuestion.Portal, "read", type) is not null;

    private async Task<(SubjectSource Source, IReadOnlyList<ProcessingLine> Lines)> AskAsync(
        SubjectSource source, SubjectQuestion question, DateTimeOffset now, SemaphoreSlim slots, CancellationToken cancellationToken)
    {
        if (source.State == SubjectSourceState.AskThere)
        {
            return (source, []);
        }

        await slots.WaitAsync(cancellationToken);
        try
        {
            return (source, await PagesAsync(source, question, now, cancellationToken));
        }
        catch (KetenException refused)
        {
            return (source with { State = StateOf(refused), Reason = refused.ReasonCode }, []);
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task<IReadOnlyList<ProcessingLine>> PagesAsync(SubjectSource source, SubjectQuestion question, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ask = new Ask
        {
            Target = Oin.Parse(source.Oin), Subject = question.Subject, Purpose = SubjectQuestion.Purpose, Actor = question.Actor, ActorRole = question.Role,
            Facts = question.Facts,
        };
        var until = now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        var lines = new List<ProcessingLine>();
        IReadOnlyList<ProcessingLine> page;
        do
        {
            page = (source.Oin == gateway.Value
                ? await client.ListDecisionsAsync(ask, new ListDecisionsRequest { Until = until, Offset = lines.Count, Limit = PageLines }, cancellationToken)
                : await client.ListProcessingAsync(ask, new ListProcessingRequest { Until = until, Offset = lines.Count, Limit = PageLines }, cancellationToken)).Data;
            lines.AddRange(page);
        }
        while (page.Count == PageLines);
        return lines;
    }

    // A restriction looks like nothing to show (domain.md section 11).
    private static SubjectSourceState StateOf(KetenException refused) =>
        refused.ReasonCode == Contracts.Refusals.AccessNotPermitted.Code ? SubjectSourceState.NothingToShow
        : refused.Status == StatusCode.PermissionDenied ? SubjectSourceState.Refused : SubjectSourceState.NoAnswer;
}
