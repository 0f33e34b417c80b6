using Google.Protobuf.WellKnownTypes;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Keten.DecisionLog.Subjects;

/// <summary>
/// Makes everything on this log that tells of one person unreadable for good, by destroying the key it is sealed with. The records stay, and the
/// tree over them verifies as before.
/// </summary>
internal sealed partial class SubjectEraser(
    SegmentedDecisionLog log, IOptions<DecisionLogOptions> options, TimeProvider time, ILogger<SubjectEraser> logger) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>
    /// The erasure is on the log before the key is gone; when the second fails, the same request again completes it. A decision on the same person
    /// from now on gets a new key.
    /// </summary>
    /// <param name="person">Whom.</param>
    /// <param name="by">Who asks, for the record.</param>
    /// <param name="ground">Why, for the record; no personal data.</param>
    /// <param name="force">Also while records must still be kept.</param>
    /// <param name="cancellationToken">Looked at until the erasure is on its way to the log.</param>
    /// <exception cref="BsnInRecordException">The ground holds what may be a BSN.</exception>
    /// <exception cref="IOException">It could not be recorded, or the key not be overwritten: ask again.</exception>
    public async Task<Erasure> EraseAsync(Pseudonym person, string by, string ground, bool force, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var keys = log.Keys.Find(person.Value, out var lastMonth);
            if (keys.Count == 0)
            {
                return new Erasure(0);
            }

            var now = time.GetUtcNow();
            var keepUntil = UseMonth.End(lastMonth) + options.Value.Retention;
            if (now < keepUntil && !force)
            {
                return new Erasure(0, keepUntil);
            }

            log.Keys.Forget(person.Value);
            await RecordAsync(person, keys, new SubjectErased
            {
                SubjectKeys = { keys }, ErasedAt = Timestamp.FromDateTimeOffset(now), ErasedBy = by, Ground = ground, Forced = now < keepUntil,
            });
            log.Keys.Destroy(keys);
            Log.Erased(logger, keys.Count, by);
            return new Erasure(keys.Count);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task RecordAsync(Pseudonym person, IReadOnlyList<long> keys, SubjectErased erased)
    {
        try
        {
            // Answered only after all records sealed with these keys, and the keys themselves, are on the disk.
            await log.AppendAsync(new LogRecord { SubjectErased = erased }, CancellationToken.None);
        }
        catch
        {
            log.Keys.Recall(person.Value, keys[^1]);
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2074, LogLevel.Warning, "{Keys} keys of one person were destroyed for {Operator}; what the log holds of that person can no longer be read")]
        public static partial void Erased(ILogger logger, int keys, string @operator);
    }
}
