namespace Keten.Cli.Log;

/// <summary>Somebody who was asked what they did with a person's data.</summary>
/// <param name="Oin">Whom; empty for files of a gateway.</param>
/// <param name="Name">As the directory has it; the OIN where it has none.</param>
/// <param name="Type">Organisation type of the register.</param>
/// <param name="State">What came of it.</param>
/// <param name="Reason">Code of a refusal or a failure; empty when there is none.</param>
internal sealed record SubjectSource(string Oin, string Name, string Type, SubjectSourceState State, string Reason = "")
{
    /// <summary>Type of a source that is a gateway, or files of one.</summary>
    public const string Gateway = "gateway";
}

/// <summary>What came of a question for a person's own log.</summary>
internal enum SubjectSourceState
{
    /// <summary>Its lines are in the answer.</summary>
    Answered,

    /// <summary>It shows nothing and does not say why: no lines, a restriction (UAVG 41) or a shield (M4). They are not told apart.</summary>
    NothingToShow,

    /// <summary>Whoever asks may not, for instance because the login is too low.</summary>
    Refused,

    /// <summary>It did not answer now.</summary>
    NoAnswer,

    /// <summary>It answers such questions itself, not through the federation (Wpg 25).</summary>
    AskThere,
}
