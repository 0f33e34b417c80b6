using Keten.Pseudonyms;

// Configuration: appsettings.json, environment (Evaluator__Listen=…), command line (--Evaluator:Listen=…). See docs/configuration.md.
var app = EvaluatorHost.Build(WebApplication.CreateSlimBuilder(args));
await app.RunAsync();
