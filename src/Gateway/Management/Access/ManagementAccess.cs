using System.ComponentModel.DataAnnotations;
using System.Net;
using Keten.Identity;

namespace Keten.Gateway.Management.Access;

/// <summary>
/// Who may connect to the management listener, and as whom. On loopback it is plain HTTP. Anywhere else it is mTLS with the federation's
/// certificates: there is no setting that opens it to the network without.
/// </summary>
internal sealed class ManagementAccess
{
    private readonly Dictionary<string, Asker> _operators;
    private readonly IParticipantRegistry _participants;

    public ManagementAccess(IReadOnlyList<OperatorOptions> operators, IParticipantRegistry participants)
    {
        _operators = operators.ToDictionary(entry => entry.PublicKeySha256, entry => new Asker(entry.Name, null, entry.Roles), StringComparer.Ordinal);
        _participants = participants;
    }

    public static bool NeedsTls(IPEndPoint endpoint) => !IPAddress.IsLoopback(endpoint.Address);

    /// <summary>Everything that is wrong with the entries.</summary>
    public static IEnumerable<ValidationResult> Faults(IReadOnlyList<OperatorOptions> operators)
    {
        for (var i = 0; i < operators.Count; i++)
        {
            var entry = operators[i];
            if (entry.Name.Length is 0 or > 64 || entry.Name.Any(char.IsControl))
            {
                yield return Fault(i, nameof(entry.Name), "expected 1 to 64 characters that say who it is in the decision log.");
            }

            if (entry.PublicKeySha256.Length != 64 || !entry.PublicKeySha256.All(char.IsAsciiHexDigitLower))
            {
                yield return Fault(i, nameof(entry.PublicKeySha256),
                    "expected 64 lower-case hex digits: openssl x509 -in cert.pem -noout -pubkey | openssl pkey -pubin -outform der | sha256sum");
            }
            else if (operators.Take(i).Any(earlier => earlier.PublicKeySha256 == entry.PublicKeySha256))
            {
                yield return Fault(i, nameof(entry.PublicKeySha256), "is the key of an earlier entry; put all roles there.");
            }

            if (entry.Roles.Count == 0 || entry.Roles.Except(OperatorRoles.All).Any())
            {
                yield return Fault(i, nameof(entry.Roles), $"expected one or more of {string.Join(", ", OperatorRoles.All)}.");
            }
        }

        static ValidationResult Fault(int index, string key, string text) => new(text, [$"Operators:{index}:{key}"]);
    }

    /// <summary>Whether a certificate of the federation may connect at all; asked again when registry or revocation lists change.</summary>
    public bool Accepts(CertificateVerdict certificate) =>
        _operators.ContainsKey(certificate.PublicKeySha256) || _participants.TryGet(certificate.Oin, out _);

    /// <summary>Null when the connection proves nobody who may be here.</summary>
    public Asker? Identify(HttpContext http)
    {
        if (http.Features.Get<ManagementDoor>() is not { IsTls: true })
        {
            return Asker.Loopback;
        }

        var identification = http.Identify();
        return identification.Certificate is { Accepted: true } certificate && _operators.TryGetValue(certificate.PublicKeySha256, out var known)
            ? known with { Certificate = certificate.Oin }
            : identification is { Caller: { } participant, Refusal: null } ? new Asker(participant.Oin.Value, participant.Oin, [])
            : null;
    }
}
