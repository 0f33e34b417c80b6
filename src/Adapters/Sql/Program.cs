using Keten.Adapters.Sdk.Hosting;
using Keten.Adapters.Sql;

// An existing database becomes a participant: the mapping file says where what is (docs/sql-mapping.md), section Adapter who we are.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddSqlSource(builder.Configuration["Adapter:Mapping"] ?? throw new InvalidOperationException("Adapter:Mapping: give the path of the mapping file."));
await AdapterHost.Build(builder).RunAsync();
