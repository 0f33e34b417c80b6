using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Keten.Adapters.Sdk.Logbook;
using Keten.Adapters.Sdk.Pseudonyms;
using Keten.Adapters.Sdk.Storage;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Sdk.Disclosure;

/// <summary>
/// The organisation's own record of what it disclosed, in the adapter's database. A write is acknowledged when it is durable; writes that arrive
/// together share one commit. The primary key is what makes a decision usable once, also across a restart.
/// </summary>
internal sealed partial class DisclosureLog(AdapterStore store, ILogger<DisclosureLog> logger) : BackgroundService
{
    private const int MaxBatch = 256;

    /// <summary>Tables of the disclosure log.</summary>
    public static AdapterSchema Schema { get; } = new("disclosures",
    [
        """
        CREATE TABLE disclosure (
            decision_id TEXT NOT NULL, sequence INTEGER NOT NULL, transaction_id TEXT NOT NULL, trace_id TEXT NOT NULL, occurred_at TEXT NOT NULL,
            caller_oin TEXT NOT NULL, operation TEXT NOT NULL, category TEXT NOT NULL, purpose TEXT NOT NULL, subject TEXT NOT NULL,
            actor TEXT NOT NULL, actor_role TEXT NOT NULL, allowed INTEGER NOT NULL, reason_code TEXT NOT NULL, caller_code TEXT NOT NULL,
            fields TEXT NOT NULL, requested_fields TEXT NOT NULL, obligations TEXT NOT NULL, legal_basis TEXT NOT NULL,
            retention_days INTEGER NOT NULL, break_glass INTEGER NOT NULL, policy_revision TEXT NOT NULL,
            PRIMARY KEY (decision_id, sequence)) WITHOUT ROWID
        """,
        // policy_revision is the gateway's, from its permit; this is the one the organisation decided by itself.
        "ALTER TABLE disclosure ADD COLUMN own_policy_revision TEXT NOT NULL DEFAULT ''",
        // What makes a row a line of the logbook as well, and lets it be found by person.
        """
        ALTER TABLE disclosure ADD COLUMN span_id TEXT NOT NULL DEFAULT '';
        ALTER TABLE disclosure ADD COLUMN parent_span_id TEXT NOT NULL DEFAULT '';
        ALTER TABLE disclosure ADD COLUMN started_at INTEGER NOT NULL DEFAULT 0;   -- Unix time in milliseconds
        ALTER TABLE disclosure ADD COLUMN caller_type TEXT;
        CREATE INDEX disclosure_by_subject ON disclosure (subject);
        """,
    ]);

    private const string Insert = """
        INSERT INTO disclosure VALUES ($decision, $sequence, $transaction, $trace, $occurred, $caller, $operation, $category, $purpose, $subject, $actor,
            $role, $allowed, $reason, $callerCode, $fields, $requested, $obligations, $basis, $retention, $breakGlass, $revision, $ownRevision,
            $span, $parent, $started, $callerType)
        ON CONFLICT DO NOTHING
        """;

    private readonly Channel<(DisclosureRecord Record, TaskCompletionSource<bool> Done)> _pending =
        Channel.CreateBounded<(DisclosureRecord, TaskCompletionSource<bool>)>(
            new BoundedChannelOptions(4096) { FullMode = BoundedChannelFullMode.Wait });

    /// <summary>True when the record is durable; false when this decision and sequence were recorded before.</summary>
    /// <exception cref="IOException">The log is closed or cannot be written. The caller discloses nothing.</exception>
    /// <exception cref="AdapterRefusedException">What the asking organisation wrote holds what may be a BSN: it is not kept, and nothing is disclosed.</exception>
    public async Task<bool> RecordAsync(DisclosureRecord record, CancellationToken cancellationToken)
    {
        RefuseBsn(record.Permit);
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _pending.Writer.WriteAsync((record, done), cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw Closed();
        }

        return await done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>What the caller chose the words of. The gateway refuses it before; this log does not rest on that.</summary>
    private static void RefuseBsn(Protocol.V1.Decision permit)
    {
        if (Bsn.IsIn(permit.Actor) || Bsn.IsIn(permit.ActorRole) || Bsn.IsIn(permit.Purpose) || permit.RequestedFields.Any(Bsn.IsIn))
        {
            throw new AdapterRefusedException(Refusals.PersonalDataInMetadata);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<(DisclosureRecord Record, TaskCompletionSource<bool> Done)>(MaxBatch);
        try
        {
            while (await _pending.Reader.WaitToReadAsync(stoppingToken))
            {
                while (batch.Count < MaxBatch && _pending.Reader.TryRead(out var next))
                {
                    batch.Add(next);
                }

                await CommitAsync(batch, stoppingToken);
                batch.Clear();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Log.Stopped(logger);
        }
        finally
        {
            foreach (var (_, done) in batch)
            {
                done.TrySetException(Closed());
            }

            Close();
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);

        // A host that stops before the writer got its turn never runs it.
        Close();
    }

    /// <summary>Nobody waits for a writer that has gone.</summary>
    private void Close()
    {
        _pending.Writer.TryComplete();
        while (_pending.Reader.TryRead(out var left))
        {
            left.Done.TrySetException(Closed());
        }
    }

    private static IOException Closed() => new("The disclosure log is closed; nothing was disclosed.");

    private async Task CommitAsync(List<(DisclosureRecord Record, TaskCompletionSource<bool> Done)> batch, CancellationToken cancellationToken)
    {
        try
        {
            var isNew = await store.WriteAsync(transaction => batch.ConvertAll(entry => InsertInto(transaction, entry.Record)), cancellationToken);
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Done.TrySetResult(isNew[i]);
            }
        }
        catch (SqliteException problem)
        {
            foreach (var (_, done) in batch)
            {
                done.TrySetException(new IOException($"The disclosure log cannot be written (SQLite {problem.SqliteErrorCode}); nothing was disclosed.", problem));
            }
        }
    }

    private static bool InsertInto(SqliteTransaction transaction, DisclosureRecord record)
    {
        using var insert = transaction.Connection!.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = Insert;
        Bind(insert, record);
        var isNew = insert.ExecuteNonQuery() == 1;
        if (isNew)
        {
            foreach (var person in record.OtherPersons)
            {
                LogbookTable.Add(transaction, PartAbout(person, record));
            }
        }

        return isNew;
    }

    private static Processing PartAbout(string person, DisclosureRecord record) => new()
    {
        Span = record.Span.Child(), Name = $"Verstrekken: {record.Permit.Category} (gezinslid)", Purpose = record.Permit.Purpose,
        Category = record.Permit.Category, Action = OperationCatalogue.Current.TryGet(record.Permit.Operation, out var operation) ? operation.Action : "",
        Subject = person, StartedAt = record.StartedAt, EndedAt = record.OccurredAt, Processor = CloudEvent.SourceOf(Oin.Parse(record.Permit.Caller.Oin)),
        DecisionId = record.Permit.DecisionId,
    };

    private static void Bind(SqliteCommand insert, DisclosureRecord record)
    {
        var permit = record.Permit;
        Add("$decision", permit.DecisionId);
        Add("$sequence", record.Sequence);
        Add("$transaction", permit.TransactionId);
        Add("$trace", record.Span.TraceId);
        Add("$occurred", record.OccurredAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        Add("$caller", permit.Caller.Oin);
        Add("$operation", permit.Operation);
        Add("$category", permit.Category);
        Add("$purpose", permit.Purpose);
        Add("$subject", permit.Subject);
        Add("$actor", permit.Actor);
        Add("$role", permit.ActorRole);
        Add("$allowed", record.Allowed);
        Add("$reason", record.ReasonCode);
        Add("$callerCode", record.CallerCode);
        Add("$fields", JsonSerializer.Serialize(record.Fields));
        Add("$requested", JsonSerializer.Serialize(permit.RequestedFields));
        Add("$obligations", JsonSerializer.Serialize(record.Obligations));
        Add("$basis", JsonSerializer.Serialize(permit.LegalBasis));
        Add("$retention", record.RetentionDays);
        Add("$breakGlass", permit.BreakGlass);
        Add("$revision", permit.PolicyRevision);
        Add("$ownRevision", record.PolicyRevision);
        Add("$span", record.Span.SpanId);
        Add("$parent", record.Span.ParentSpanId);
        Add("$started", record.StartedAt.ToUnixTimeMilliseconds());
        Add("$callerType", permit.Caller.OrganisationType);

        void Add(string name, object value) => insert.Parameters.AddWithValue(name, value);
    }

    private static partial class Log
    {
        [LoggerMessage(7101, LogLevel.Debug, "The disclosure log has stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
