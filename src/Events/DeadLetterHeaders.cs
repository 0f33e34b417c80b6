namespace Keten.Events;

/// <summary>Headers of a dead letter, beside the envelope of the record it sets aside.</summary>
public static class DeadLetterHeaders
{
    /// <summary>Reason code.</summary>
    public const string Reason = "keten-reason";

    /// <summary>Decision id, when one was made.</summary>
    public const string Decision = "keten-decision-id";

    /// <summary><c>topic/partition/offset</c> of the original.</summary>
    public const string Record = "keten-record";

    /// <summary>On a note beside the letters: <c>partition/offset</c> of the letter that was given another chance.</summary>
    public const string Redriven = "keten-redriven";
}
