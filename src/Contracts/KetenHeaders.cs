namespace Keten.Contracts;

/// <summary>Request and response metadata. Lower case, as HTTP/2 carries it.</summary>
public static class KetenHeaders
{
    /// <summary>Purpose id of the register (doelbinding). Required.</summary>
    public const string Purpose = "keten-purpose";

    /// <summary>OIN of the participant that is asked. Required.</summary>
    public const string Target = "keten-target";

    /// <summary>Pseudonym of the person. Required unless the category is not personal.</summary>
    public const string Subject = "keten-subject";

    /// <summary>The caller's opaque id of the professional. Required.</summary>
    public const string Actor = "keten-actor";

    /// <summary>The professional's role, as in the register. Required.</summary>
    public const string ActorRole = "keten-actor-role";

    /// <summary>The caller's opaque case id.</summary>
    public const string Case = "keten-case";

    /// <summary>Asserted case facts: one JSON object of at most 4 kB, ASCII (escape the rest as \uXXXX).</summary>
    public const string Facts = "keten-facts";

    /// <summary>Break-glass only: why, in words; UTF-8, percent-encoded as in grpc-message.</summary>
    public const string Justification = "keten-justification";

    /// <summary>The fields wanted, comma separated; absent: all that the purpose gives.</summary>
    public const string Fields = "keten-fields";

    /// <summary>FSC transaction id, UUIDv7; made by the gateway when absent, and always in the answer.</summary>
    public const string TransactionId = "fsc-transaction-id";

    /// <summary>The gateway's permit to the adapter; stripped from whatever comes from outside.</summary>
    public const string Decision = "keten-decision-bin";

    /// <summary>Prefix of everything only the gateway may say.</summary>
    public const string DecisionPrefix = "keten-decision";

    /// <summary>The adapter's account of what it disclosed or accepted, to the caller.</summary>
    public const string Disclosure = "keten-disclosure-bin";

    /// <summary>On the answer: longest the receiver keeps the data, in days; absent: no term.</summary>
    public const string RetentionDays = "keten-retention-days";

    /// <summary>On the answer: <c>no-onward-sharing</c> or <c>no-onward-sharing-outside-case</c>, comma separated.</summary>
    public const string Label = "keten-label";

    /// <summary>W3C trace context.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>Reason code of a refusal, beside the same code in the status details.</summary>
    public const string Reason = "keten-reason";
}
