using System.Runtime.CompilerServices;
using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Keten.Adapters.Fhir.Mapping;
using Keten.Adapters.Fhir.Reading;
using Keten.Adapters.Fhir.Server;
using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sdk.Ports;

namespace Keten.Adapters.Fhir.Sources;

/// <summary>The clients are the Patients with a BSN. The BSN comes from the server and never goes to it: everything else is asked by the Patient's id.</summary>
internal sealed partial class FhirClientDirectory(FhirServer server, FhirMapping mapping, ILogger<FhirClientDirectory> logger) : IClientDirectory
{
    private readonly SectionMapping _section = mapping.Section("clients");
    private readonly FieldMapping _bsn = mapping.Section("clients").Fields.Single(f => f.Field.Name == "bsn");

    public async IAsyncEnumerable<OwnClient> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var unusable = 0;
        await foreach (var patient in PatientsAsync(_section.Search.For(clientId: null), cancellationToken))
        {
            if (Usable(patient) is { } client)
            {
                yield return client;
            }
            else
            {
                unusable++;
            }
        }

        if (unusable > 0)
        {
            Log.Unusable(logger, unusable);
        }
    }

    public async Task<OwnClient?> FindAsync(string clientId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(clientId);
        if (!ClientId.IsValid(clientId))
        {
            return null;
        }

        OwnClient? found = null;
        await foreach (var patient in PatientsAsync(_section.Search.For(clientId: null).Add("_id", clientId), cancellationToken))
        {
            if (patient.Id != clientId)
            {
                throw new SourceUnavailableException(_section.Name, "subject", "the answer holds another person: the server does not search as it was asked");
            }

            found = Usable(patient);
        }

        return found;
    }

    private async IAsyncEnumerable<Patient> PatientsAsync(SearchParams search, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in server.SearchAsync(_section.Name, _section.Search.Type, search, _section.MaxPages, cancellationToken))
        {
            foreach (var patient in page.Entries.Select(e => e.Resource).OfType<Patient>().Where(p => FoundResources.IsLeftOut(_section, p) != true))
            {
                yield return patient;
            }
        }
    }

    /// <summary>One Patient that cannot be read is not a client to others; it keeps nobody else from being one.</summary>
    private OwnClient? Usable(Patient patient) =>
        patient.Id is { } id && ClientId.IsValid(id) && FoundResources.IsLeftOut(_section, patient) is not null && FieldValue.TryRead(_bsn, patient, static _ => null, out var number) && ClientBsn.Normalise(number) is { } bsn
            ? new OwnClient(id, bsn) : null;

    private static partial class Log
    {
        [LoggerMessage(5702, LogLevel.Warning, "{Count} Patients have no number that is a BSN, or more than one, and cannot be found by others")]
        public static partial void Unusable(ILogger logger, int count);
    }
}
