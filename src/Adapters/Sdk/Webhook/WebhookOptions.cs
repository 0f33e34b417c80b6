namespace Keten.Adapters.Sdk.Webhook;

/// <summary>Where and how notifications are pushed to the organisation's own case system.</summary>
public sealed class WebhookOptions
{
    /// <summary>Where each notification is posted to; https, or http on loopback. Empty: no webhook.</summary>
    public string Url { get; set; } = "";

    /// <summary>
    /// File with the secret that signs each delivery: one line of at least 32 characters. While you change it, two lines: each delivery is signed
    /// with both.
    /// </summary>
    public string SecretFile { get; set; } = "";

    /// <summary>PEM file with a client certificate to show to the receiver, and to the endpoints of FHIR Subscriptions.</summary>
    public string? ClientCertificate { get; set; }

    /// <summary>PEM file with its private key.</summary>
    public string? ClientKey { get; set; }

    /// <summary>PEM file with the only authorities that may vouch for the receiver, and for those endpoints; absent: those of the system.</summary>
    public string? CertificateAuthority { get; set; }

    /// <summary>Longest wait for one answer.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many persons' notifications are under way at once; those of one person go one after another.</summary>
    public int Concurrency { get; set; } = 8;

    internal bool IsOn => Url.Length > 0;

    internal IEnumerable<string> Validate(string section)
    {
        if (IsOn && !WebhookAddress.TryParse(Url, out _))
        {
            yield return $"{section}:{nameof(Url)} must be an https address; http only on this machine (loopback).";
        }

        if (IsOn && (!File.Exists(SecretFile) || !WebhookSignature.TryReadSecrets(SecretFile, out _)))
        {
            yield return $"{section}:{nameof(SecretFile)} '{SecretFile}' holds no secret: give a file of one or two lines of at least "
                + $"{WebhookSignature.MinSecretLength} characters, for instance from 'openssl rand -base64 32'.";
        }

        if (ClientCertificate is null != ClientKey is null)
        {
            yield return $"{section}:{nameof(ClientCertificate)} and {section}:{nameof(ClientKey)} belong together: give both or neither.";
        }

        foreach (var (key, path) in new[] { (nameof(ClientCertificate), ClientCertificate), (nameof(ClientKey), ClientKey), (nameof(CertificateAuthority), CertificateAuthority) })
        {
            if (path is not null && !File.Exists(path))
            {
                yield return $"{section}:{key} names '{path}', which does not exist: give the path of a PEM file.";
            }
        }

        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(2) || Concurrency is < 1 or > 64)
        {
            yield return $"{section}:{nameof(Timeout)} must be 1 s to 2 min and {section}:{nameof(Concurrency)} 1 to 64: leave them out for the defaults.";
        }
    }
}
