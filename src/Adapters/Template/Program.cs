using Keten.Adapters.Sdk.Hosting;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Template;

// Copy this project and put your own system in the place of the list. The SDK does all the rest: docs/for-integration-engineers.md.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddSingleton<ClientList>();
builder.Services.AddSingleton<IClientDirectory, ListedClients>();
builder.Services.AddSingleton<IPersonSource, ListedPersons>();
builder.Services.AddSingleton<IPersonFactsSource, ListedFacts>();
await AdapterHost.Build(builder).RunAsync();
