using Keten.Client.Pseudonyms;
using Keten.Contracts.Identifiers;
using Keten.Identity;
using Keten.Identity.Pki;
using Keten.Pseudonyms;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.Demo;

/// <summary>The federation's two evaluators of pseudonyms, each with its own identity, key file and log, and what participants need to call them.</summary>
internal sealed class Evaluators : IDisposable
{
    private const string KeyId = "k1";
    private static readonly (string Name, Oin Oin)[] Parties = [("evaluator-a", Oin.Parse("00000099000000009001")), ("evaluator-b", Oin.Parse("00000099000000009002"))];

    private readonly string _directory;
    private readonly DevelopmentAuthority _authority;
    private readonly PseudonymSourceOptions _options;
    private readonly List<OprfPseudonymSource> _sources = [];

    private Evaluators(string directory, DevelopmentAuthority authority)
    {
        (_directory, _authority) = (directory, authority);
        _options = new PseudonymSourceOptions { KeysFile = Path.Combine(directory, "pseudonym-keys.json") };
    }

    /// <summary>Makes the keys, and starts a host for each share.</summary>
    public static async Task<Evaluators> StartAsync(
        string directory, DevelopmentAuthority authority, string participants, IssueOptions certificates,
        Func<string, Dictionary<string, string?>, Func<WebApplicationBuilder, WebApplication>, Task<Uri>> start)
    {
        var evaluators = new Evaluators(directory, authority);
        evaluators.MakeKeys();
        var addresses = await Task.WhenAll(Parties.Select(async party =>
        {
            var issued = authority.Issue(party.Oin, party.Name, certificates);
            return await start(party.Name, evaluators.Settings(party.Name, participants, issued), EvaluatorHost.Build);
        }));
        evaluators._options.Evaluators = [.. Parties.Zip(addresses, (party, address) => new PseudonymEvaluatorOptions { Oin = party.Oin.Value, Address = address })];
        return evaluators;
    }

    /// <summary>What an adapter has in its configuration.</summary>
    public IEnumerable<KeyValuePair<string, string?>> AdapterSettings() =>
    [
        new("Adapter:Pseudonyms:KeysFile", _options.KeysFile),
        .. _options.Evaluators.Index().SelectMany(e => new KeyValuePair<string, string?>[]
        {
            new($"Adapter:Pseudonyms:Evaluators:{e.Index}:Oin", e.Item.Oin),
            new($"Adapter:Pseudonyms:Evaluators:{e.Index}:Address", e.Item.Address!.ToString()),
        }),
    ];

    /// <summary>A source with a participant's own certificate.</summary>
    public IPseudonymSource SourceOf(IssuedCertificate certificate, TimeProvider clock)
    {
        var credentials = FederationCredentials.Load(_authority.CertificatePath, _authority.CrlPath, certificate.CertificatePath, certificate.KeyPath, clock);
        var source = new OprfPseudonymSource(_options, oin => credentials.CreateHandler(oin), clock, NullLoggerFactory.Instance);
        _sources.Add(source);
        return source;
    }

    public void Dispose() => _sources.ForEach(s => s.Dispose());

    private void MakeKeys()
    {
        var statements = new List<PublicStatement>();
        foreach (var (name, _) in Parties)
        {
            using var keys = EvaluatorKeyFile.Create(name, KeyId, TimeProvider.System.GetUtcNow());
            keys.Save(KeyFile(name));
            statements.Add(PublicStatement.Of(keys));
        }

        var federation = new FederationKeys(FederationKeys.InvolvementScope, [.. PublicStatement.Combine(statements).Select(k => new FederationKey(k.Id, k.PublicKey))]);
        File.WriteAllText(_options.KeysFile, federation.ToJson());
    }

    private string KeyFile(string name) => Path.Combine(_directory, $"{name}.json");

    private Dictionary<string, string?> Settings(string name, string participants, IssuedCertificate issued) => new()
    {
        ["Evaluator:Listen"] = "127.0.0.1:0",
        ["Evaluator:ManagementListen"] = "127.0.0.1:0",
        ["Evaluator:KeyFile"] = KeyFile(name),
        ["Evaluator:LogDirectory"] = Path.Combine(_directory, name),
        ["Evaluator:Federation:TrustAnchors"] = _authority.CertificatePath,
        ["Evaluator:Federation:RevocationList"] = _authority.CrlPath,
        ["Evaluator:Federation:Certificate"] = issued.CertificatePath,
        ["Evaluator:Federation:PrivateKey"] = issued.KeyPath,
        ["Evaluator:Federation:Participants"] = participants,
    };
}
