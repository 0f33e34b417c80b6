using Hl7.Fhir.Model;
using Hl7.Fhir.Utility;

namespace Keten.Adapters.Fhir.Reading;

/// <summary>Whether the labels of a resource, which say what is secret, are all there to be read.</summary>
internal static class Labels
{
    /// <summary>False when the server sent something else where labels stand: FHIRPath would find none in it.</summary>
    public static bool AreReadable(Resource resource)
    {
        try
        {
            return !resource.TryGetValue("meta", out var meta)
                || (meta is Meta { Security: var labels } known && IsObject(known) && labels.TrueForAll(l => IsObject(l) && (l.System, l.Code) is var _));
        }
        catch (CodedException)
        {
            // The FHIR model keeps what is not FHIR, and throws when it is looked at.
            return false;
        }
    }

    /// <summary>True when the server says that it left elements out; labels may be among them.</summary>
    public static bool MayBeLeftOut(Resource resource) => resource.Meta is { } meta && meta.Tag.Exists(t => t?.Code == "SUBSETTED");

    /// <summary>False for a text or number where an object should be: the FHIR model keeps it as an element 'value', which labels do not have.</summary>
    private static bool IsObject(Base? element) => element is not null && !element.TryGetValue("value", out _);
}
