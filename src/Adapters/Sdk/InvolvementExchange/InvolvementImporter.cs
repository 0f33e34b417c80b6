using System.Runtime.CompilerServices;
using Keten.Adapters.Sdk.CaseSystem;
using Keten.Adapters.Sdk.Pseudonyms;
using Keten.Adapters.Sdk.Storage;
using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>
/// A whole client base, row by row: each row is judged as a single report is. Up to 1,000 rows, their events and the import's position are
/// committed together, so that an import that was killed anywhere goes on exactly there. Memory holds one batch.
/// </summary>
internal sealed partial class InvolvementImporter(
    AdapterStore store, PseudonymIndex index, InvolvementReporter reporter, Outbox outbox, TimeProvider time, ILogger<InvolvementImporter> logger)
{
    private const int BatchSize = 1_000;

    /// <summary>Takes an import in; see the contract of <c>ImportInvolvements</c>.</summary>
    /// <exception cref="Grpc.Core.RpcException">The import cannot begin or go on; what was answered before is durable.</exception>
    public async IAsyncEnumerable<ImportInvolvementsResponse> RunAsync(
        IAsyncEnumerable<ImportInvolvementsRequest> requests, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var parts = requests.GetAsyncEnumerator(cancellationToken);
        if (!await parts.MoveNextAsync() || parts.Current.Start is not { } start || !IsImportId(start.ImportId))
        {
            throw Invalid("its first message is to be a start, with an import_id of 1 to 64 letters, digits and -_").ToException();
        }

        // So that the rows find their clients in the index, in batches evaluated, and none with a number that was corrected since.
        await ReadClientsAsync(cancellationToken);
        var began = time.GetTimestamp();
        var progress = await BeginAsync(start, cancellationToken);
        yield return progress.ToResponse([]);
        for (var errors = progress.EarlierErrors(store); errors.Count > 0; errors = progress.EarlierErrors(store, errors[^1].Row))
        {
            yield return progress.ToResponse(errors);
        }

        var batch = new List<ImportRow>(BatchSize);
        while (await FillAsync(parts, batch, progress.Position))
        {
            yield return progress.ToResponse(await TakeAsync(progress, batch, cancellationToken));
        }

        Log.Done(logger, start.ImportId, start.DryRun, progress.Taken, progress.Unchanged, progress.Refused, (long)time.GetElapsedTime(began).TotalMilliseconds);
    }

    private Task<ImportProgress> BeginAsync(ImportStart start, CancellationToken cancellationToken) =>
        start.DryRun ? Task.FromResult(ImportProgress.Rehearsal(start.ImportId))
            : store.WriteAsync(transaction => ImportProgress.Begin(transaction, start.ImportId, start.Resume), cancellationToken);

    private async Task ReadClientsAsync(CancellationToken cancellationToken)
    {
        try
        {
            await index.ReadAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.Unavailable(logger, Problems.Describe(failure));
            throw CaseSystemRefusals.PseudonymsUnavailable.ToException();
        }
    }

    private static async Task<bool> FillAsync(IAsyncEnumerator<ImportInvolvementsRequest> parts, List<ImportRow> batch, long position)
    {
        batch.Clear();
        while (batch.Count < BatchSize && await parts.MoveNextAsync())
        {
            if (parts.Current.Row is not { Report: not null } row || row.Row <= position || row.Check.Length > ImportProgress.MaxCheckBytes)
            {
                throw Invalid($"after its start it has rows only, each with a report, a rising number and a check of at most {ImportProgress.MaxCheckBytes} bytes").ToException();
            }

            position = row.Row;
            batch.Add(row);
        }

        return batch.Count > 0;
    }

    private async Task<List<ImportRowError>> TakeAsync(ImportProgress progress, List<ImportRow> batch, CancellationToken cancellationToken)
    {
        Func<SqliteTransaction, List<ImportRowError>> take = transaction =>
        {
            var errors = new List<ImportRowError>();
            foreach (var row in batch)
            {
                var (outcome, column) = Take(transaction, row.Report);
                progress.Count(outcome);
                if (outcome.Refusal is { } refusal)
                {
                    errors.Add(new ImportRowError { Row = row.Row, Column = column, ReasonCode = refusal.Code, Message = refusal.English });
                }
            }

            progress.Advance(batch[^1]);
            if (!progress.IsRehearsal)
            {
                progress.Save(transaction, errors);
            }

            return errors;
        };
        if (progress.IsRehearsal)
        {
            return await store.RehearseAsync(take, cancellationToken);
        }

        var taken = await store.WriteAsync(take, cancellationToken);
        outbox.Wake();
        return taken;
    }

    private (ReportOutcome Outcome, string Column) Take(SqliteTransaction transaction, ReportInvolvementRequest report)
    {
        if (ReportValidator.Validate(report) is { } fault)
        {
            return (ReportOutcome.Refused(fault.Refusal), fault.Field);
        }

        if (report.Change != Change.Started || report.InvolvementId.Length == 0)
        {
            return report.Change == Change.Started
                ? (ReportOutcome.Refused(Invalid("an involvement_id of your own, so that it can be repeated")), "involvement_id")
                : (ReportOutcome.Refused(Invalid("change: started, because an import tells what is")), "change");
        }

        if (index.Find(transaction, report.ClientId) is not { } person)
        {
            return (ReportOutcome.Refused(CaseSystemRefusals.ClientUnknown), "client_id");
        }

        return (reporter.Commit(transaction, report, person, traceparent: ""), "involvement_id");
    }

    private static Refusal Invalid(string expected) => CaseSystemRefusals.ReportInvalid with { English = $"The import needs {expected}." };

    private static bool IsImportId(string id) => id.Length is > 0 and <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static partial class Log
    {
        [LoggerMessage(5331, LogLevel.Information,
            "Import {ImportId} (dry run {DryRun}): {Taken} taken, {Unchanged} known already, {Refused} refused, {Milliseconds} ms in this run")]
        public static partial void Done(ILogger logger, string importId, bool dryRun, long taken, long unchanged, long refused, long milliseconds);

        [LoggerMessage(5332, LogLevel.Warning, "An import waits for the client directory or the pseudonym service; its sender was told to try again: {Problem}")]
        public static partial void Unavailable(ILogger logger, string problem);
    }
}
