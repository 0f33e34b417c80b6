using System.Diagnostics;
using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Keten.Adapters.Sdk.CaseSystem;
using Keten.Adapters.Sdk.KeptPersons;
using Keten.Adapters.Sdk.Pseudonyms;
using Keten.Adapters.Sdk.Storage;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>Takes the organisation's reports of involvement: the involvement and its event are committed together, or not at all.</summary>
public sealed partial class InvolvementReporter
{
    private readonly AdapterStore _store;
    private readonly PseudonymIndex _index;
    private readonly ReportCompleter _completer;
    private readonly Outbox _outbox;
    private readonly KeptPersonWake _kept;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    internal InvolvementReporter(
        AdapterStore store, PseudonymIndex index, ReportCompleter completer, Outbox outbox, KeptPersonWake kept, TimeProvider time,
        ILogger<InvolvementReporter> logger)
    {
        (_store, _index, _completer, _outbox, _kept, _time, _logger) = (store, index, completer, outbox, kept, time, logger);
    }

    /// <summary>
    /// Durable when it completes. The same report of the same involvement again, while the last is not refused, gives the same version and no
    /// second event: give your own <c>involvement_id</c> to make a start repeatable as well.
    /// </summary>
    public async Task<ReportOutcome> ReportAsync(ReportInvolvementRequest request, CancellationToken cancellationToken)
    {
        if (ReportValidator.Validate(request) is { } fault)
        {
            return ReportOutcome.Refused(fault.Refusal);
        }

        Pseudonym? person = null;
        if (request.Change == Change.Started)
        {
            var (found, unavailable) = await FindPersonAsync(request.ClientId, cancellationToken);
            if (found is null)
            {
                return ReportOutcome.Refused(unavailable ? CaseSystemRefusals.PseudonymsUnavailable : CaseSystemRefusals.ClientUnknown);
            }

            person = found;
        }

        var traceparent = Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : "";
        var outcome = await _store.WriteAsync(transaction => Commit(transaction, request, person, traceparent), cancellationToken);
        _outbox.Wake();
        if (request.Change == Change.Ended)
        {
            _kept.Signal();
        }

        return outcome;
    }

    /// <summary>A valid report, within a transaction. Wake the outbox after its commit.</summary>
    /// <param name="transaction">Of the caller.</param>
    /// <param name="request">The report.</param>
    /// <param name="person">The client's pseudonym; null for a report that is not a start.</param>
    /// <param name="traceparent">Of the call; may be empty.</param>
    internal ReportOutcome Commit(SqliteTransaction transaction, ReportInvolvementRequest request, Pseudonym? person, string traceparent)
    {
        var digest = SHA256.HashData(request.ToByteArray());
        var known = request.InvolvementId.Length == 0 ? null : Find(transaction, request.InvolvementId);
        if (known is null && request.Change != Change.Started)
        {
            return ReportOutcome.Refused(CaseSystemRefusals.InvolvementUnknown);
        }

        if (known is not null && ((request.ClientId.Length > 0 && request.ClientId != known.ClientId)
            || (request.Purpose.Length > 0 && request.Purpose != known.Purpose)))
        {
            return ReportOutcome.Refused(CaseSystemRefusals.InvolvementTaken);
        }

        // Also of a repeat: the words are the same, the person is not. Not of an end, for that is a way out.
        if (known is not null && request.Change != Change.Ended && !known.Subjects.MayBe(
            person is { } now ? [now.Value, .. PseudonymIndex.FindHeld(transaction, known.ClientId)] : PseudonymIndex.FindHeld(transaction, known.ClientId)))
        {
            return ReportOutcome.Refused(known.Ended ? CaseSystemRefusals.InvolvementTaken : CaseSystemRefusals.ClientNumberCorrected);
        }

        if (known is not null && known.Digest.AsSpan().SequenceEqual(digest) && known.Answer is null or Inbox.Accepted)
        {
            return new ReportOutcome(request.InvolvementId, known.Version) { IsRepeat = true };
        }

        var time = _time.GetUtcNow();
        var involvementId = request.InvolvementId.Length > 0 ? request.InvolvementId : UuidV7.Create(time);
        var report = new InvolvementChanged
        {
            Change = request.Change,
            InvolvementId = involvementId,
            Version = (known?.Version ?? InvolvementEraser.LastVersion(transaction, involvementId)) + 1,
            Purpose = known?.Purpose ?? request.Purpose,
            Actor = request.Actor,
            ActorRole = request.ActorRole,
            Involvement = _completer.Complete(request, involvementId),
            AssertedFacts = request.AssertedFacts,
            // Once shielded it stays so, also where it begins anew after its end: the gateway holds nothing of what is over.
            Shielded = request.Shielded || known is { Shielded: true },
            OccurredAt = time.ToTimestamp(),
            Fields = { request.Fields },
            Traceparent = traceparent,
        };
        var clientId = known?.ClientId ?? request.ClientId;

        // What is held stays where it is until it is moved (InvolvementMover); what begins counts under the keys in use.
        var subjects = person is { } begins && known is null or { Ended: true } ? new Subjects(begins.Value, _index.FindOther(transaction, clientId, begins)) : known!.Subjects;
        subjects.CopyTo(report);
        Save(transaction, report, clientId, digest);
        if (request.Change == Change.Ended)
        {
            KeptPersonStore.DropWithoutInvolvement(transaction, clientId);
        }

        Outbox.Add(transaction, report, time);
        return new ReportOutcome(involvementId, report.Version);
    }

    private static KnownInvolvement? Find(SqliteTransaction transaction, string involvementId) => transaction.Query(
        "SELECT client_id, subject, other_subject, purpose, version, digest, answer, ended, shielded FROM involvement WHERE involvement_id = $id",
        r => new KnownInvolvement(
            r.GetString(0), new Subjects(r.GetString(1), r.GetString(2)), r.GetString(3), r.GetInt64(4), r.GetFieldValue<byte[]>(5),
            r.IsDBNull(6) ? null : r.GetString(6), r.GetBoolean(7), r.GetBoolean(8)),
        ("$id", involvementId)) is [var found] ? found : null;

    // An update of what is over is for the gateway to judge (its end may have been refused): the broker forgets it in time all the same, unless it is accepted.
    private static void Save(SqliteTransaction transaction, InvolvementChanged report, string clientId, byte[] digest) => transaction.Execute(
        """
        INSERT INTO involvement (involvement_id, client_id, subject, other_subject, purpose, version, digest, shielded, ended, ended_at, answer)
        VALUES ($id, $client, $subject, $other, $purpose, $version, $digest, $shielded, $ended, NULL, NULL)
        ON CONFLICT (involvement_id) DO UPDATE
        SET subject = $subject, other_subject = $other, version = $version, digest = $digest, shielded = MAX(shielded, $shielded), ended = $ended, answer = NULL,
            ended_at = CASE WHEN $started THEN NULL WHEN $ended OR ended = 1 THEN COALESCE(ended_at, $now) ELSE ended_at END
        """,
        ("$id", report.InvolvementId), ("$client", clientId), ("$subject", report.Subject), ("$other", report.OtherSubject), ("$purpose", report.Purpose),
        ("$version", report.Version), ("$digest", digest), ("$shielded", report.Shielded), ("$ended", report.Change == Change.Ended),
        ("$started", report.Change == Change.Started), ("$now", report.OccurredAt.ToDateTimeOffset().ToUnixTimeMilliseconds()));

    private async Task<(Pseudonym? Person, bool Unavailable)> FindPersonAsync(string clientId, CancellationToken cancellationToken)
    {
        try
        {
            return (await _index.PseudonymOfAsync(clientId, cancellationToken), false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.Unavailable(_logger, Problems.Describe(failure));
            return (null, true);
        }
    }

    private sealed record KnownInvolvement(
        string ClientId, Subjects Subjects, string Purpose, long Version, byte[] Digest, string? Answer, bool Ended, bool Shielded);

    private static partial class Log
    {
        [LoggerMessage(5321, LogLevel.Warning, "A report waits for the client directory or the pseudonym service; the case system was told to try again: {Problem}")]
        public static partial void Unavailable(ILogger logger, string problem);
    }
}
