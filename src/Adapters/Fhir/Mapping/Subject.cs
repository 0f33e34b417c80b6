using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;
using Keten.Adapters.Fhir.Reading;

namespace Keten.Adapters.Fhir.Mapping;

/// <summary>Whose a resource is. A server that did not understand a filter answers with the data of others.</summary>
internal static class Subject
{
    private static readonly string[] Elements = ["patient", "subject"];

    /// <summary>True when resources of this type say whose they are.</summary>
    public static bool Has(string type) =>
        ModelInfo.ModelInspector.FindClassMapping(type) is { } mapping && Elements.Any(e => mapping.FindMappedElementByName(e) is { IsCollection: false });

    /// <summary>True when the resource is of this client of this server and of nobody else.</summary>
    public static bool Is(Resource resource, string clientId, Uri server) => resource is Patient
        ? resource.Id == clientId
        : ReferencesOf(resource) is { Count: > 0 } all && all.All(r => r is { Length: > 0 } && Local(r, server) == ("Patient", clientId));

    /// <summary>Type and id of a reference to a resource of this server; null for any other reference.</summary>
    public static (string Type, string Id)? Local(string reference, Uri server)
    {
        // Exactly one of these: with a path in front it may be a resource of another server behind the same address.
        var at = server.AbsoluteUri.TrimEnd('/') + '/';
        var path = Uri.TryCreate(reference, UriKind.Absolute, out var uri) && uri.AbsoluteUri.StartsWith(at, StringComparison.Ordinal) ? uri.AbsoluteUri[at.Length..] : reference;
        var parts = path.Split('/');
        return parts is [_, _] or [_, _, "_history", _] && ModelInfo.IsKnownResource(parts[0]) && ClientId.IsValid(parts[1]) ? (parts[0], parts[1]) : null;
    }

    private static List<string?> ReferencesOf(Resource resource) =>
        [.. Elements.Select(e => resource.TryGetValue(e, out var value) ? value as ResourceReference : null).OfType<ResourceReference>().Select(r => r.Reference)];
}
