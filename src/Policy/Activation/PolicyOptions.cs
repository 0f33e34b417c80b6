using System.ComponentModel.DataAnnotations;

namespace Keten.Policy;

/// <summary>Section <c>Policy</c> of the configuration: who decides, by which bundle, and who may have signed it. Checked at start, all faults together.</summary>
public sealed class PolicyOptions : IValidatableObject
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Policy";

    /// <summary><c>embedded</c>: the bundle's wasm in this process. <c>opa</c>: an OPA server.</summary>
    public string Engine { get; set; } = "embedded";

    /// <summary>Address of the OPA server; only with engine <c>opa</c>.</summary>
    public string? OpaUrl { get; set; }

    /// <summary>Longest wait for one answer of the OPA server.</summary>
    public TimeSpan OpaTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A bundle file, a folder (its newest <c>*.tar.gz</c> counts) or an http(s) address. Absent: the bundle this version was released with.</summary>
    public string? Bundle { get; set; }

    /// <summary>PEM files with the public keys of those who may release policy, separated by commas. Required with <see cref="Bundle"/>.</summary>
    public string? VerificationKeys { get; set; }

    /// <summary>Development only: accept a bundle that nobody signed.</summary>
    public bool AllowUnsigned { get; set; }

    /// <summary>How often the bundle's source is asked for something newer.</summary>
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for a bundle server.</summary>
    public TimeSpan FetchTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Without a successful refresh for longer than this, nothing is decided. Absent: no limit.</summary>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>Largest bundle, packed and unpacked, in bytes.</summary>
    public long MaxBundleBytes { get; set; } = BundleTrust.DefaultMaxBytes;

    internal bool IsRemoteEngine => Engine == "opa";

    internal IReadOnlyList<string> KeyFiles => VerificationKeys?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Engine is not ("embedded" or "opa"))
        {
            yield return Fault(nameof(Engine), "expected embedded or opa.");
        }

        if (IsRemoteEngine && !(Uri.TryCreate(OpaUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
        {
            yield return Fault(nameof(OpaUrl), "expected the address of the OPA server, for instance http://127.0.0.1:8181.");
        }

        if (IsRemoteEngine && (Bundle is not null || VerificationKeys is not null || MaxAge is not null))
        {
            yield return Fault(nameof(Engine), "with opa the server loads and verifies its own bundle: set Bundle, VerificationKeys and MaxAge there, not here.");
        }

        if (!IsRemoteEngine && Bundle is not null && KeyFiles.Count == 0 && !AllowUnsigned)
        {
            yield return Fault(nameof(VerificationKeys), "a bundle from outside must be signed: name the PEM file of the public key, or set AllowUnsigned in development.");
        }

        if (!IsRemoteEngine && Bundle is null && MaxAge is not null)
        {
            yield return Fault(nameof(MaxAge), "the bundle of this version does not age; set Bundle as well.");
        }

        if (OpaTimeout <= TimeSpan.Zero || OpaTimeout > TimeSpan.FromSeconds(10))
        {
            yield return Fault(nameof(OpaTimeout), "expected more than zero and at most 10 seconds.");
        }

        if (RefreshInterval < TimeSpan.FromMilliseconds(100) || FetchTimeout <= TimeSpan.Zero)
        {
            yield return Fault(nameof(RefreshInterval), "expected RefreshInterval of at least 100 ms and FetchTimeout above zero.");
        }

        if (MaxAge is { } maxAge && maxAge < RefreshInterval)
        {
            yield return Fault(nameof(MaxAge), "expected at least RefreshInterval: it would refuse between two refreshes.");
        }

        if (MaxBundleBytes is < 1024 or > 1024 * 1024 * 1024)
        {
            yield return Fault(nameof(MaxBundleBytes), "expected 1 kB to 1 GB.");
        }
    }

    private static ValidationResult Fault(string key, string text) => new(text, [key]);
}
