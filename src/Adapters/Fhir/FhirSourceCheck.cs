using Keten.Adapters.Fhir.Server;
using Task = System.Threading.Tasks.Task;

namespace Keten.Adapters.Fhir;

/// <summary>Looks at start, before anything else does, whether the server can be asked what the mapping asks. The host does not start when it cannot.</summary>
internal sealed partial class FhirSourceCheck(FhirServer server, FhirMapping mapping, ILogger<FhirSourceCheck> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var (section, parameter) in await new ServerCheck(server, mapping).RunAsync(cancellationToken))
        {
            Log.NotDeclared(logger, section, parameter);
        }

        Log.Ready(logger, string.Join(", ", mapping.Sections));
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(5700, LogLevel.Information, "The FHIR server answers the searches of the mapping; offered: {Sections}")]
        public static partial void Ready(ILogger logger, string sections);

        [LoggerMessage(5701, LogLevel.Warning, "The FHIR server does not declare the search parameter '{Parameter}' of {Section}.search in its CapabilityStatement")]
        public static partial void NotDeclared(ILogger logger, string section, string parameter);
    }
}
