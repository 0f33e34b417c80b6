using System.Globalization;
using Keten.Demo;
using Keten.Identity.Pki;

namespace Keten.Bench.Rig;

/// <summary>The two evaluators of pseudonyms of the rig: what their processes are told, and what an adapter is told of them.</summary>
internal static class RigEvaluators
{
    /// <summary>Environment of an evaluator's process. The budget is no subject of the rig: a restarted adapter may ask again.</summary>
    public static Dictionary<string, string> Settings(string directory, string name, int port, int management, string participants, DevelopmentAuthority authority, IssuedCertificate certificate) => new()
    {
        ["Evaluator__Listen"] = $"127.0.0.1:{port}",
        ["Evaluator__ManagementListen"] = $"127.0.0.1:{management}",
        ["Evaluator__KeyFile"] = DevelopmentKeys.KeyFile(directory, name),
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
        yield return new("Adapter__Pseudonyms__KeysFile", DevelopmentKeys.KeysFile(directory));
        for (var i = 0; i < DevelopmentKeys.Parties.Count; i++)
        {
            yield return new(string.Create(CultureInfo.InvariantCulture, $"Adapter__Pseudonyms__Evaluators__{i}__Oin"), DevelopmentKeys.Parties[i].Oin.Value);
            yield return new(string.Create(CultureInfo.InvariantCulture, $"Adapter__Pseudonyms__Evaluators__{i}__Address"), $"https://127.0.0.1:{ports[i]}");
        }
    }
}
