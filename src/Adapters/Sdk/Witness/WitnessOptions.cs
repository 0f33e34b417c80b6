using Keten.DecisionLog.Checkpoints;

namespace Keten.Adapters.Sdk.Witness;

/// <summary>Section <c>Adapter:Witness</c>: this participant countersigns the gateway's decision log. Absent: it does not.</summary>
public sealed class WitnessOptions
{
    /// <summary>File with this witness's own signing key, mode 0600; made by <c>keten log key new --witness</c>.</summary>
    public string SigningKey { get; set; } = "";

    /// <summary>Public keys of the logs it watches, <c>name+id+base64</c>, as the gateway's operator gives them.</summary>
    public IReadOnlyList<string> Logs { get; set; } = [];

    internal IEnumerable<string> Validate(string section)
    {
        if (SigningKey.Length == 0)
        {
            yield return $"{section}:SigningKey is empty; make a key with «keten log key new --witness --name NAME --out FILE», and set this to FILE.";
        }

        if (Logs.Count == 0)
        {
            yield return $"{section}:Logs is empty; give the public key of each gateway's log, which its operator prints with «keten log key show FILE».";
        }

        for (var i = 0; i < Logs.Count; i++)
        {
            if (!NoteVerifierKey.TryParse(Logs[i], out var key) || key.Type != NoteKeyType.Log)
            {
                yield return $"{section}:Logs:{i} is no public key of a log; expected name+id+base64.";
            }
        }
    }
}
