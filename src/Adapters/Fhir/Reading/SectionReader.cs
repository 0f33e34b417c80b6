using Hl7.Fhir.Model;
using Hl7.Fhir.Utility;
using Keten.Adapters.Fhir.Mapping;
using Keten.Adapters.Fhir.Server;
using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sdk.Ports;

namespace Keten.Adapters.Fhir.Reading;

/// <summary>Reads what there is of one client in one section into <typeparamref name="T"/>.</summary>
internal sealed class SectionReader<T>
    where T : new()
{
    private readonly FhirServer _server;
    private readonly SectionMapping _section;
    private readonly (FieldMapping Field, Target<T> Target)[] _fields;
    private readonly Action<FieldMapping> _unreadable;

    /// <param name="server">Where.</param>
    /// <param name="section">What.</param>
    /// <param name="target">Setter of a field.</param>
    /// <param name="unreadable">What to do about a value that cannot be read; when it returns, the field stays absent.</param>
    public SectionReader(FhirServer server, SectionMapping section, Func<CatalogueField, Target<T>> target, Action<FieldMapping> unreadable)
    {
        (_server, _section, _unreadable) = (server, section, unreadable);
        _fields = [.. section.Fields.Select(f => (f, target(f.Field)))];
    }

    /// <summary>All, in the order of the server.</summary>
    public async Task<List<T>> AllAsync(string clientId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(clientId);
        if (!ClientId.IsValid(clientId))
        {
            return [];
        }

        try
        {
            var found = await FoundResources.SearchAsync(_server, _section, clientId, cancellationToken);
            await found.FollowAsync(_section.Follow, cancellationToken);
            return [.. found.Matches.Select(r => Read(r, found))];
        }
        catch (CodedException)
        {
            // The FHIR model keeps what is not FHIR, and throws when it is looked at; its text quotes the resource.
            throw new SourceUnavailableException(_section.Name, "form", "the answer holds something else than FHIR R4 has there");
        }
    }

    /// <summary>The one; default when there is none.</summary>
    public async Task<T?> SingleAsync(string clientId, CancellationToken cancellationToken) => (await AllAsync(clientId, cancellationToken)).SingleOrDefault();

    private T Read(Resource resource, FoundResources found)
    {
        var row = new T();
        foreach (var (field, (text, flag)) in _fields)
        {
            if (!FieldValue.TryRead(field, resource, found.Resolve, out var value))
            {
                _unreadable(field);
            }
            else if (value is not null)
            {
                text?.Invoke(row, value);
                flag?.Invoke(row, value == "true");
            }
        }

        return row;
    }
}
