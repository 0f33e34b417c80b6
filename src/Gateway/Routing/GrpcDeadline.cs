using System.Globalization;

namespace Keten.Gateway.Routing;

/// <summary>The <c>grpc-timeout</c> header (gRPC over HTTP/2): up to eight digits and a unit.</summary>
internal static class GrpcDeadline
{
    public const string Header = "grpc-timeout";

    /// <summary>Beyond this a timer would overflow, and nothing here waits longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Null when absent; a malformed value counts as passed.</summary>
    public static TimeSpan? Read(IHeaderDictionary headers)
    {
        if (!headers.TryGetValue(Header, out var values))
        {
            return null;
        }

        var text = values.ToString();
        if (text.Length is < 2 or > 9
            || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var amount))
        {
            return TimeSpan.Zero;
        }

        var limit = text[^1] switch
        {
            'H' => TimeSpan.FromHours(Math.Min(amount, 1)),
            'M' => TimeSpan.FromMinutes(Math.Min(amount, 60)),
            'S' => TimeSpan.FromSeconds(Math.Min(amount, 3600)),
            'm' => TimeSpan.FromMilliseconds(amount),
            'u' => TimeSpan.FromMicroseconds(amount),
            'n' => TimeSpan.FromTicks(amount / 100),
            _ => TimeSpan.Zero,
        };
        return limit < Longest ? limit : Longest;
    }

    /// <summary>What is left, for the next hop: never zero, never more digits than the protocol allows.</summary>
    public static string Write(TimeSpan left) =>
        Math.Clamp((long)left.TotalMilliseconds, 1, 99_999_999).ToString(CultureInfo.InvariantCulture) + "m";
}
