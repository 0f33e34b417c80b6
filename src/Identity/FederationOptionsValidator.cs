using Microsoft.Extensions.Options;

namespace Keten.Identity;

internal sealed class FederationOptionsValidator : IValidateOptions<FederationOptions>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    public ValidateOptionsResult Validate(string? name, FederationOptions options)
    {
        var faults = new List<string>();
        Require(options.TrustAnchors, nameof(options.TrustAnchors), "a PEM file with the federation's roots");
        Require(options.RevocationList, nameof(options.RevocationList), "a PEM file with one revocation list per root");
        Require(options.Certificate, nameof(options.Certificate), "a PEM file with this host's certificate");
        Require(options.PrivateKey, nameof(options.PrivateKey), "a PEM file with this host's private key");
        if (options.Participants is { } path && string.IsNullOrWhiteSpace(path))
        {
            faults.Add("Federation option Participants is empty; expected the path of participants.yaml, or leave it out.");
        }

        if (options.ReloadInterval < Shortest || options.ReloadInterval > Longest)
        {
            faults.Add($"Federation option ReloadInterval is {options.ReloadInterval}; expected 100 ms to 1 minute.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Require(string value, string key, string expected)
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                faults.Add($"Federation option {key} is not set; expected the path of {expected}.");
            }
        }
    }
}
