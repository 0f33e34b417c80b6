using Keten.Protocol.V1;

namespace Keten.DecisionLog;

/// <summary>The append-only record of every access decision. No log, no access.</summary>
public interface IDecisionLog
{
    /// <summary>Completes when the record is on stable storage (fdatasync), and only then.</summary>
    /// <exception cref="IOException">The record could not be made durable. The caller refuses.</exception>
    ValueTask AppendAsync(LogRecord record, CancellationToken cancellationToken);
}
