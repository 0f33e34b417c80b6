namespace Keten.Adapters.Sdk.Webhook;

/// <summary>What became of one delivery.</summary>
/// <param name="Outcome">What to do now.</param>
/// <param name="Reason">HTTP status, or why there was none; for the log.</param>
internal sealed record WebhookAnswer(WebhookOutcome Outcome, string Reason);

/// <summary>What the receiver's answer means.</summary>
internal enum WebhookOutcome
{
    /// <summary>2xx.</summary>
    Delivered,

    /// <summary>3xx, or 4xx: the receiver does not want this one as it is. Tried again, slowly.</summary>
    Rejected,

    /// <summary>No answer, 5xx, 408 or 429: the receiver is not well. Tried again, with growing pauses.</summary>
    Failed,

    /// <summary>410: the receiver wants no more.</summary>
    Gone,
}
