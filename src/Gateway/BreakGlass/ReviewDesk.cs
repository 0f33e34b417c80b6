using System.Globalization;
using System.Text;
using System.Threading.RateLimiting;
using Google.Protobuf.WellKnownTypes;
using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.DecisionLog.Reviews;
using Keten.Gateway.Management.Access;
using Keten.Gateway.Management.Log;
using Keten.Protocol.V1;

namespace Keten.Gateway.BreakGlass;

/// <summary>Takes reviews, of one decision one at a time: judged by what is on the log, and there once it is on the log.</summary>
internal sealed partial class ReviewDesk(
    ReviewQueue queue, SegmentedDecisionLog log, LogReading reading, LogAccess access, TimeProvider time, ILogger<ReviewDesk> logger) : IDisposable
{
    private const string RemarkOnErased =
        "remark: the person of this decision was erased, and a remark is sealed with the same key; leave it out, and say what you found by verdict and remarkCode.";

    /// <summary>How far an id's time may lie outside the log: between the id and its record, and when the clock was set.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    // Who is busy with one decision keeps nobody from another; of a decision nobody is busy with nothing is kept.
    private readonly PartitionedRateLimiter<string> _turns = PartitionedRateLimiter.Create<string, string>(decisionId =>
        RateLimitPartition.GetConcurrencyLimiter(decisionId, _ => new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = int.MaxValue }));

    /// <summary>Judges a review, records that it was asked, and when it may be, the review.</summary>
    /// <returns>The use as it stands with the review; or why not.</returns>
    public async Task<(LogAnswer Answer, BreakGlassUse? Use)> ReviewAsync(
        string decisionId, ReviewRequest request, Asker asker, string operation, CancellationToken cancellationToken)
    {
        using var turn = await _turns.AcquireAsync(decisionId, permitCount: 1, cancellationToken);
        var use = default(BreakGlassUse);
        var (refusal, detail) = request.Fault() is { } fault ? (Refusals.ReviewInvalid, fault)
            : asker.ReviewsFor is null ? (Refusals.ReviewerOfNeither, null)
            : ((Refusal?)null, (string?)null);
        if (refusal is null)
        {
            await queue.CaughtUpAsync(log.Durable, cancellationToken);
            (use, refusal) = Judge(decisionId, request, asker, cancellationToken);
            if (refusal is null && !string.IsNullOrEmpty(request.Remark) && use!.SubjectKey != 0 && !log.Keys.Has(use.SubjectKey))
            {
                (refusal, detail) = (Refusals.ReviewInvalid, RemarkOnErased);
            }
        }

        var answer = await access.RecordAsync(asker, operation, LogAccess.Review, refusal, detail);
        return answer.Refusal is not null ? (answer, null) : await AppendAsync(use!, request, asker, answer);
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    private (BreakGlassUse? Use, Refusal? Refusal) Judge(string decisionId, ReviewRequest request, Asker asker, CancellationToken cancellationToken)
    {
        var own = asker.ReviewsFor!;
        var use = queue.Find(decisionId);
        var decision = use?.Decision;
        if (use is null && MayBeKept(MomentOf(decisionId)))
        {
            using var place = reading.TryEnter(asker);
            if (place is null)
            {
                return (null, Refusals.LogBusy);
            }

            (decision, use) = Look(decisionId, cancellationToken);
        }

        return (use, decision is null ? Refusals.ReviewDecisionUnknown
            : decision.Caller?.Oin != own && decision.Target?.Oin != own ? Refusals.ReviewerOfNeither
            : use is null ? Refusals.ReviewNotBreakGlass
            : decision.Caller?.Oin == own && decision.Actor == ReviewerOf(request, asker) ? Refusals.ReviewerUsedIt
            : use.IsReviewedBy(own) ? Refusals.ReviewedBefore
            : null);
    }

    // Anybody may send any id: one of no time this log has does not cost the reading of it.
    private bool MayBeKept(DateTimeOffset made) => made <= time.GetUtcNow() + Slack && !(made < LogStart.Oldest(reading.Directory) - Slack);

    /// <summary>What is not open stands on the log only. The id says when the decision was made, so not all of it has to be read.</summary>
    private (DecisionRecord? Decision, BreakGlassUse? Use) Look(string decisionId, CancellationToken cancellationToken)
    {
        var text = Encoding.ASCII.GetBytes(decisionId);
        var fold = new BreakGlassFold();
        DecisionRecord? decision = null;
        foreach (var entry in DecisionLogReader.ReadEntries(reading.Directory, LogStart.For(reading.Directory, MomentOf(decisionId))))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.Payload.Span.IndexOf(text) >= 0)
            {
                decision ??= entry.Record.Decision?.DecisionId == decisionId ? entry.Record.Decision : null;
                fold.Add(entry.Index, entry.Record);
            }
        }

        return (decision, fold.Find(decisionId));
    }

    private async Task<(LogAnswer Answer, BreakGlassUse? Use)> AppendAsync(BreakGlassUse use, ReviewRequest request, Asker asker, LogAnswer permitted)
    {
        var now = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        var review = new ReviewRecord
        {
            DecisionId = use.Decision.DecisionId,
            Obligation = ObligationIds.Review24Hours,
            Verdict = request.Found,
            Organisation = asker.ReviewsFor!,
            Reviewer = ReviewerOf(request, asker),
            RemarkCode = request.RemarkCode ?? "",
            Remark = request.Remark ?? "",
            ReviewedAt = now,
            AccessDecisionId = permitted.DecisionId,
        };
        try
        {
            // Under the key of what is reviewed, so that an erasure takes the remark along. Not cancelled with the request: who hangs up has reviewed
            // all the same.
            await log.AppendAsync(new LogRecord { RecordedAt = now, Review = review }, use.SubjectKey, CancellationToken.None);
        }
        catch (IOException problem)
        {
            Log.NotRecorded(logger, review.DecisionId, problem.Message);
            return (permitted with { Refusal = Refusals.DecisionLogUnavailable }, null);
        }

        Log.Reviewed(logger, review.DecisionId, review.Verdict, review.Organisation);
        return (permitted, use.With(review));
    }

    private static string ReviewerOf(ReviewRequest request, Asker asker) => asker.IsOperator ? asker.Name : request.Reviewer!;

    private static DateTimeOffset MomentOf(string uuidV7) => DateTimeOffset.FromUnixTimeMilliseconds(
        long.Parse(string.Concat(uuidV7.AsSpan(0, 8), uuidV7.AsSpan(9, 4)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));

    private static partial class Log
    {
        [LoggerMessage(4202, LogLevel.Information, "Break-glass decision {DecisionId} was reviewed by {Organisation}: {Verdict}")]
        public static partial void Reviewed(ILogger logger, string decisionId, ReviewVerdict verdict, string organisation);

        [LoggerMessage(4203, LogLevel.Error, "The review of break-glass decision {DecisionId} could not be recorded, so it does not count. {Problem}")]
        public static partial void NotRecorded(ILogger logger, string decisionId, string problem);
    }
}
