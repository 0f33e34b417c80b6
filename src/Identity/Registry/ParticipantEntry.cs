namespace Keten.Identity;

/// <summary>What one entry of the file says, before it is checked; each value with its line, or the entry's line when absent.</summary>
internal sealed class ParticipantEntry(int line)
{
    private readonly Dictionary<string, (string? Text, int Line)> _values = new(StringComparer.Ordinal);

    public (string? Text, int Line) Oin => Value("oin");

    public (string? Text, int Line) Name => Value("name");

    public (string? Text, int Line) Type => Value("type");

    public (string? Text, int Line) Region => Value("region");

    public (string? Text, int Line) Adapter => Value("adapter");

    public (string? Text, int Line) Status => Value("status");

    public List<string>? Pins { get; set; }

    public OrganisationProfile? Profile { get; set; }

    public static bool IsKey(string key) => key is "oin" or "name" or "type" or "region" or "adapter" or "status" or "pins" or "profile";

    public bool TrySet(string key, string text, int at, out bool repeated)
    {
        repeated = _values.ContainsKey(key);
        return IsKey(key) && _values.TryAdd(key, (text, at));
    }

    private (string? Text, int Line) Value(string key) => _values.TryGetValue(key, out var value) ? value : (null, line);
}
