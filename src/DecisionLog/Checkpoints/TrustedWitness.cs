namespace Keten.DecisionLog.Checkpoints;

/// <summary>A participant that countersigns checkpoints.</summary>
public sealed class TrustedWitness
{
    /// <summary>OIN of the participant; its adapter is the witness.</summary>
    public string Oin { get; set; } = "";

    /// <summary>The witness's public key, <c>name+id+base64</c>, as <c>keten log key show</c> prints it at the participant.</summary>
    public string Key { get; set; } = "";
}
