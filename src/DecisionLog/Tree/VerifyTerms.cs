using Keten.DecisionLog.Checkpoints;

namespace Keten.DecisionLog.Tree;

/// <summary>What a log is held against.</summary>
public sealed record VerifyTerms
{
    /// <summary>The log's public key, from elsewhere than the log's directory. Null: signatures are not judged.</summary>
    public NoteVerifierKey? Key { get; init; }

    /// <summary>Witnesses whose signature the log must carry.</summary>
    public IReadOnlyList<NoteVerifierKey> Witnesses { get; init; } = [];

    /// <summary>A checkpoint kept elsewhere, of an earlier or later moment.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Directory of another copy of the same log.</summary>
    public string? Against { get; init; }

    /// <summary>Processors that hash.</summary>
    public int Processors { get; init; } = Environment.ProcessorCount;
}
