using System.Globalization;
using Keten.Client.Pseudonyms;
using Keten.Contracts.Identifiers;
using Keten.Identity.Pki;
using Keten.Pseudonyms;

namespace Keten.Bench.Rig;

/// <summary>The two evaluators of pseudonyms of the rig: their keys, what their processes are told, and what an adapter is told of them.</summary>
internal static class RigEvaluators
{
    private const string KeyId = "k1";

    public static IReadOnlyList<(string Name, Oin Oin)> Parties { get; } =
        [("evaluator-a", Oin.Parse("00000099000000009001")), ("evaluator-b", Oin.Parse("00000099000000009002"))];

    /// <summary>Makes a share for each, and the file that tells participants of the keys.</summary>
    public static void MakeKeys(string directory)
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

    /// <summary>Environment of an evaluator's process. The budget is no subject of the rig: a restarted adapter may ask again.</summary>
    public static Dictionary<string, string> Settings(string directory, string name, int port, int management, string participants, DevelopmentAuthority authority, IssuedCertificate certificate) => new()
    {
        ["Evaluator__Listen"] = $"127.0.0.1:{port}",
        ["Evaluator__ManagementListen"] = $"127.0.0.1:{management}",
        ["Evaluator__KeyFile"] = KeyFile(directory, name),
        ["Evaluator__LogDirectory"] = Path.Combine(directory, name),
        ["Evaluator__DailyBudget"] = "100000000",
        ["Evaluator__CallsPerSecond"] = "10000",
        ["Evaluator__Federation__TrustAnchors"] = authority.CertificatePath,
        ["Evaluator__Federation__RevocationList"] = authority.CrlPath,
        ["Evaluator__Federation__Certificate"] = certificate.CertificatePath,
        ["Evaluator__Federation__PrivateKey"] = certificate.KeyPath,
        ["Evaluator__Federation__Participants"] = participants,
        ["Logging__LogLevel__Default"] = "Warning",
    };

    /// <summary>Environment of an adapter's process.</summary>
    public static IEnumerable<KeyValuePair<string, string>> AdapterSettings(string directory, IReadOnlyList<int> ports)
    {
        yield return new("Adapter__Pseudonyms__KeysFile", KeysFile(directory));
        for (var i = 0; i < Parties.Count; i++)
        {
            yield return new(string.Create(CultureInfo.InvariantCulture, $"Adapter__Pseudonyms__Evaluators__{i}__Oin"), Parties[i].Oin.Value);
            yield return new(string.Create(CultureInfo.InvariantCulture, $"Adapter__Pseudonyms__Evaluators__{i}__Address"), $"https://127.0.0.1:{ports[i]}");
        }
    }

    private static string KeyFile(string directory, string name) => Path.Combine(directory, $"{name}.json");

    private static string KeysFile(string directory) => Path.Combine(directory, "pseudonym-keys.json");
}
