using Keten.DecisionLog;

namespace Keten.Gateway.Following;

/// <summary>
/// Has an effect outside this gateway for records of the log. A record comes again when the gateway stopped before its effect was done, so an
/// effect must be harmless when repeated.
/// </summary>
internal interface IDecisionLogSubscriber
{
    /// <summary>Names the file that keeps its position; lower-case letters and hyphens, the same in every version.</summary>
    string Name { get; }

    /// <summary>
    /// Called before the first record, and again before going on after a fault: where to begin, at most <paramref name="next"/>. Earlier for who lost
    /// what it made of the records before.
    /// </summary>
    /// <exception cref="IOException">Not now: it is asked again.</exception>
    long ResumeAt(long next) => next;

    /// <summary>Called for one record after another; returns when the next may come.</summary>
    /// <returns>
    /// The effect, which may take its time while later records come. True: done, or there is none. False: not before the next start, when
    /// this record and all after it come again. It never fails: what can be tried again, it tries again itself.
    /// </returns>
    /// <exception cref="IOException">The record was not taken, and comes again after <see cref="ResumeAt"/>.</exception>
    ValueTask<Task<bool>> TakeAsync(DurableRecord record, CancellationToken cancellationToken);

    /// <summary>Every record before this index was taken, by this process or an earlier one; called each time it has read as far as there was.</summary>
    void ReadUpTo(long next)
    {
    }
}
