using System.Threading.RateLimiting;
using Keten.Contracts.Identifiers;
using Microsoft.Extensions.Options;

namespace Keten.Pseudonyms.Evaluation;

/// <summary>
/// How many may compute at a moment: as many calls as there are processors, one of each participant, and so many calls a second. Who waits, waits in a
/// short line; the rest is told to try again.
/// </summary>
internal sealed class Admission : IAsyncDisposable
{
    private const int LongestLine = 256;
    private const int LongestLineOfOne = 16;

    private readonly PartitionedRateLimiter<Oin> _limits;

    public Admission(IOptions<EvaluatorOptions> options)
    {
        var calls = options.Value.CallsPerSecond;
        _limits = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<Oin, string>(oin => RateLimitPartition.GetTokenBucketLimiter(oin.Value, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = 3 * calls, TokensPerPeriod = calls, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0,
            })),
            PartitionedRateLimiter.Create<Oin, string>(oin => RateLimitPartition.GetConcurrencyLimiter(
                oin.Value, _ => new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = LongestLineOfOne })),
            PartitionedRateLimiter.Create<Oin, string>(_ => RateLimitPartition.GetConcurrencyLimiter(
                "", _ => new ConcurrencyLimiterOptions { PermitLimit = Environment.ProcessorCount, QueueLimit = LongestLine })));
    }

    /// <summary>A place, until disposed; not acquired when there is none.</summary>
    public ValueTask<RateLimitLease> EnterAsync(Oin participant, CancellationToken cancellationToken) => _limits.AcquireAsync(participant, 1, cancellationToken);

    public ValueTask DisposeAsync() => _limits.DisposeAsync();
}
