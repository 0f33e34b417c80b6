using System.Diagnostics.CodeAnalysis;

namespace Keten.Adapters.Sdk.Webhook;

/// <summary>Where may be posted to: https, or http on this machine.</summary>
internal static class WebhookAddress
{
    /// <summary>False for any other address.</summary>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out Uri address) =>
        Uri.TryCreate(text, UriKind.Absolute, out address) && HasHost(address)
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    // Not every host that parses has a name to look up in DNS; without one the connection would throw at each delivery.
    private static bool HasHost(Uri address)
    {
        try
        {
            return address.IdnHost.Length > 0;
        }
        catch (UriFormatException)
        {
            return false;
        }
    }
}
