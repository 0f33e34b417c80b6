using System.Collections.Concurrent;

namespace Keten.Policy;

/// <summary>
/// The entry of the register of processing activities (AVG 30) that a call belongs to: NLGov AuthZEN's <c>processing_activity_id</c>. In this
/// federation a purpose of the register is that entry.
/// </summary>
public static class ProcessingActivity
{
    private const string Prefix = "urn:keten:purpose:";

    // Purposes come from callers: what is remembered is bounded.
    private const int MostRemembered = 1024;

    private static readonly ConcurrentDictionary<string, string> Known = new(StringComparer.Ordinal);

    /// <summary>One operation within that entry, as a line of a logbook names it: <c>urn:keten:purpose:naw-hergebruik#naw/read</c>.</summary>
    public static string IdOf(string purpose, string category, string action) => $"{IdOf(purpose)}#{Uri.EscapeDataString(category)}/{Uri.EscapeDataString(action)}";

    /// <summary><c>urn:keten:purpose:</c> and the purpose id, percent-encoded where a URN asks for it.</summary>
    public static string IdOf(string purpose)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        if (Known.TryGetValue(purpose, out var id))
        {
            return id;
        }

        id = Prefix + Uri.EscapeDataString(purpose);
        if (Known.Count < MostRemembered && purpose.Length <= 64)
        {
            Known.TryAdd(purpose, id);
        }

        return id;
    }
}
