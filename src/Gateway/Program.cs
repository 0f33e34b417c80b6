using Keten.Gateway;

// Configuration: appsettings.json, environment (Gateway__Listen=…), command line (--Gateway:Listen=…). See docs/configuration.md.
var app = GatewayHost.Build(WebApplication.CreateSlimBuilder(args));
await app.RunAsync();
