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
    private readonly string _directory;
    private readonly DevelopmentAuthority _authority;
    private readonly PseudonymSourceOptions _options;
    private readonly List<OprfPseudonymSource> _sources = [];

    private Evaluators(string directory, DevelopmentAuthority authority)
    {
        (_directory, _authority) = (directory, authority);
        _options = new PseudonymSourceOptions { KeysFile = DevelopmentKeys.KeysFile(directory) };
    }

    /// <summary>Makes the keys, and starts a host for each share.</summary>
    public static async Task<Evaluators> StartAsync(
        string directory, DevelopmentAuthority authority, string participants, IssueOptions certificates,
        Func<string, Dictionary<string, string?>, Func<WebApplicationBuilder, WebApplication>, Task<Uri>> start)
    {
        var evaluators = new Evaluators(directory, authority);
        DevelopmentKeys.Make(directory);
        var addresses = await Task.WhenAll(DevelopmentKeys.Parties.Select(async party =>
        {
            var issued = authority.Issue(party.Oin, party.Name, certificates);
            return await start(party.Name, evaluators.Settings(party.Name, participants, issued), EvaluatorHost.Build);
        }));
        evaluators._options.Evaluators = [.. DevelopmentKeys.Parties.Zip(addresses, (party, address) => new PseudonymEvaluatorOptions { Oin = party.Oin.Value, Address = address })];
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

    private Dictionary<string, string?> Settings(string name, string participants, IssuedCertificate issued) => new()
    {
        ["Evaluator:Listen"] = "127.0.0.1:0",
        ["Evaluator:ManagementListen"] = "127.0.0.1:0",
        ["Evaluator:KeyFile"] = DevelopmentKeys.KeyFile(_directory, name),
        ["Evaluator:LogDirectory"] = Path.Combine(_directory, name),
        ["Evaluator:Federation:TrustAnchors"] = _authority.CertificatePath,
        ["Evaluator:Federation:RevocationList"] = _authority.CrlPath,
        ["Evaluator:Federation:Certificate"] = issued.CertificatePath,
        ["Evaluator:Federation:PrivateKey"] = issued.KeyPath,
        ["Evaluator:Federation:Participants"] = participants,
    };
}
