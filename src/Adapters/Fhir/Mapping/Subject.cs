using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;

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
        if (!Uri.TryCreate(reference, UriKind.RelativeOrAbsolute, out var uri) || !ResourceIdentity.IsRestResourceIdentity(uri))
        {
            return null;
        }

        var identity = new ResourceIdentity(uri);
        return identity.BaseUri is { } at && at.AbsoluteUri.TrimEnd('/') != server.AbsoluteUri.TrimEnd('/') ? null : (identity.ResourceType, identity.Id);
    }

    private static List<string?> ReferencesOf(Resource resource) =>
        [.. Elements.Select(e => resource.TryGetValue(e, out var value) ? value as ResourceReference : null).OfType<ResourceReference>().Select(r => r.Reference)];
}
