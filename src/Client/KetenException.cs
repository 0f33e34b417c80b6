using Grpc.Core;

namespace Keten.Client;

/// <summary>The federation refused, or did not answer. <see cref="ReasonCode"/> is stable; the list is docs/errors.md and the policy's reason codes.</summary>
public sealed class KetenException : Exception
{
    internal KetenException(string reasonCode, StatusCode status, string message, string dutch, string decisionId, string transactionId, Exception? inner)
        : base($"{reasonCode}: {message}", inner)
    {
        ReasonCode = reasonCode;
        Status = status;
        DutchMessage = dutch;
        DecisionId = decisionId;
        TransactionId = transactionId;
    }

    /// <summary>For instance <c>CALLER_NOT_INVOLVED</c>.</summary>
    public string ReasonCode { get; }

    public StatusCode Status { get; }

    /// <summary>For the professional's screen.</summary>
    public string DutchMessage { get; }

    /// <summary>Under which the refusal stands in the decision log; empty when it did not get that far.</summary>
    public string DecisionId { get; }

    /// <summary>FSC transaction id; empty when it did not get that far.</summary>
    public string TransactionId { get; }

    /// <summary>True when the same call may succeed later.</summary>
    public bool IsTransient => Status is StatusCode.Unavailable or StatusCode.DeadlineExceeded;
}
