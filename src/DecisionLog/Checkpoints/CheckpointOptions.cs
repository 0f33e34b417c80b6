namespace Keten.DecisionLog.Checkpoints;

/// <summary>Settings of the tree over the decision log. Checked at start, all faults together.</summary>
public sealed class CheckpointOptions
{
    /// <summary>Required: file with this log's own signing key, mode 0600; made by <c>keten log key new</c>. One key signs one log.</summary>
    public string SigningKey { get; set; } = "";

    /// <summary>While there are new records, a checkpoint is written at least this often.</summary>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often witnesses are asked to sign the latest checkpoint, while there is a new one.</summary>
    public TimeSpan WitnessInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Who countersigns.</summary>
    public IReadOnlyList<TrustedWitness> Witnesses { get; set; } = [];
}
