using System.Text.Json;
using Keten.Contracts.Identifiers;
using Keten.Oprf;

namespace Keten.Client.Pseudonyms;

/// <summary>
/// The federation's <c>pseudonym-keys.json</c>: the scope, and the keys in use. The first is the current one; another one is known as well during a
/// rotation. It is pinned as the trust anchors are: handed out by the federation, the same for all, no secret.
/// </summary>
/// <remarks>
/// The key is pinned, not the evaluators' shares of it. Shares that add up to it, each proven, give its pseudonyms and no others; so a refresh of the
/// shares needs no new file, and a wrong, stale or invented share is noticed.
/// </remarks>
public sealed record FederationKeys(string Scope, IReadOnlyList<FederationKey> Keys)
{
    private const int MostKeys = 2;
    private const int LongestScope = 100;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The scope of the involvement exchange.</summary>
    public const string InvolvementScope = "keten|involvement|v1";

    /// <summary>Reads and checks the file.</summary>
    /// <exception cref="PseudonymException"><c>PSEUDONYM_KEYS_UNUSABLE</c>: missing, broken, or a key in it is none.</exception>
    public static FederationKeys Load(string path)
    {
        try
        {
            var keys = JsonSerializer.Deserialize<FederationKeys>(File.ReadAllBytes(path), Json);
            return keys?.Fault() is { } fault || keys is null ? throw Unusable(path, keys?.Fault() ?? "it is empty", null) : keys;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or JsonException)
        {
            throw Unusable(path, problem is JsonException ? "it is no JSON of this form" : "it cannot be read", problem);
        }
    }

    /// <summary>The text of the file.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    private string? Fault() =>
        string.IsNullOrEmpty(Scope) || Scope.Length > LongestScope ? $"scope: expected 1 to {LongestScope} characters, for instance {InvolvementScope}"
        : Keys is not { Count: > 0 and <= MostKeys } ? $"keys: expected 1 or {MostKeys}"
        : Keys.Any(k => k?.PublicKey is null || !Pseudonym.TryParse(k.Id + "." + new string('A', 43), out _)) ? "keys: each has an id of 1 to 8 lower-case letters or digits, and a publicKey"
        : Keys.Select(k => k.Id).Distinct(StringComparer.Ordinal).Count() < Keys.Count ? "keys: an id stands there twice"
        : Keys.Any(k => !GroupElement.TryParse(k.PublicKey, out _)) ? "keys: a publicKey is no compressed point of P-256"
        : null;

    private static PseudonymException Unusable(string path, string fault, Exception? inner) =>
        new(PseudonymRefusals.KeysUnusable, $"{path}: {fault}", inner);
}
