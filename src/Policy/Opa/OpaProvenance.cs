using System.Text.Json;

namespace Keten.Policy;

/// <summary>Which bundle an OPA server answered from, as its answer says under <c>provenance</c>.</summary>
internal static class OpaProvenance
{
    /// <summary>The one bundle's revision; with several bundles all of them, sorted, so that a change of any is seen. Null when there is none.</summary>
    public static string? RevisionOf(JsonElement answer)
    {
        if (!answer.TryGetProperty("provenance", out var provenance))
        {
            return null;
        }

        if (provenance.TryGetProperty("revision", out var single) && single.GetString() is { Length: > 0 } revision)
        {
            return revision;
        }

        if (!provenance.TryGetProperty("bundles", out var bundles))
        {
            return null;
        }

        var revisions = bundles.EnumerateObject()
            .Select(b => b.Value.TryGetProperty("revision", out var r) ? r.GetString() : null)
            .Where(r => !string.IsNullOrEmpty(r)).Order(StringComparer.Ordinal).ToArray();
        return revisions.Length == 0 ? null : string.Join('+', revisions);
    }
}
