using Keten.Client.Pseudonyms;
using Keten.Contracts.Identifiers;
using Keten.Pseudonyms;

namespace Keten.Demo;

/// <summary>The two evaluators of a federation on one machine, for demo and measurements: who they are, their key files, and the file for participants.</summary>
public static class DevelopmentKeys
{
    private const string KeyId = "k1";

    /// <summary>The evaluators, in the order in which callers know them.</summary>
    public static IReadOnlyList<(string Name, Oin Oin)> Parties { get; } =
        [("evaluator-a", Oin.Parse("00000099000000009001")), ("evaluator-b", Oin.Parse("00000099000000009002"))];

    /// <summary>Makes a share for each, and the file that tells participants of their sum.</summary>
    public static void Make(string directory)
    {
        var statements = new List<PublicStatement>();
        foreach (var (name, _) in Parties)
        {
            using var keys = EvaluatorKeyFile.Create(name, KeyId, TimeProvider.System.GetUtcNow());
            keys.Save(KeyFile(directory, name));
            statements.Add(PublicStatement.Of(keys));
        }

        var federation = new FederationKeys(FederationKeys.InvolvementScope, [.. PublicStatement.Combine(statements).Select(k => new FederationKey(k.Id, k.PublicKey))]);
        File.WriteAllText(KeysFile(directory), federation.ToJson());
    }

    /// <summary>An evaluator's key file.</summary>
    public static string KeyFile(string directory, string name) => Path.Combine(directory, $"{name}.json");

    /// <summary>The participants' file.</summary>
    public static string KeysFile(string directory) => Path.Combine(directory, "pseudonym-keys.json");
}
