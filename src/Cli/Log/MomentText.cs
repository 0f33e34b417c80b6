using System.CommandLine.Parsing;
using System.Globalization;

namespace Keten.Cli.Log;

/// <summary>A moment as people write it: ISO 8601, or so long ago: <c>2d</c>, <c>3h</c>, <c>30m</c>.</summary>
internal static class MomentText
{
    public static DateTimeOffset? Parse(ArgumentResult result, string name)
    {
        var text = result.Tokens is [var token] ? token.Value : "";
        if (TryParse(text, TimeProvider.System.GetUtcNow(), out var moment))
        {
            return moment;
        }

        result.AddError($"{name}: expected a moment such as 2026-03-02, 2026-03-02T09:30:00Z (UTC unless it says otherwise), or so long ago: 2d, 3h, 30m.");
        return null;
    }

    public static bool TryParse(string text, DateTimeOffset now, out DateTimeOffset moment)
    {
        moment = default;
        if (text.Length > 1 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && UnitOf(text[^1]) is { } unit)
        {
            var ago = unit * count;
            moment = ago < now - DateTimeOffset.UnixEpoch ? now - ago : DateTimeOffset.UnixEpoch;
            return true;
        }

        return text.Length >= 10 && text[4] == '-' && text[7] == '-' && DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out moment);
    }

    private static TimeSpan? UnitOf(char letter) => letter switch
    {
        'd' => TimeSpan.FromDays(1),
        'h' => TimeSpan.FromHours(1),
        'm' => TimeSpan.FromMinutes(1),
        's' => TimeSpan.FromSeconds(1),
        _ => null,
    };
}
