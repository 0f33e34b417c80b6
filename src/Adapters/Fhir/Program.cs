using Keten.Adapters.Fhir;
using Keten.Adapters.Sdk.Hosting;

// An existing FHIR R4 server becomes a participant: the mapping file says what is where (docs/fhir-mapping.md), section Adapter who we are.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddFhirSource(builder.Configuration["Adapter:Mapping"] ?? throw new InvalidOperationException("Adapter:Mapping: give the path of the mapping file."));
await AdapterHost.Build(builder).RunAsync();
