using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Fhir.Tests.Support;

/// <summary>A server that answers what a test says: everything a real one should not.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedServer(WebApplication app) => _app = app;

    public Uri Base { get; private set; } = null!;

    /// <summary>The answer to a search; <see cref="Empty"/> until a test says otherwise.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = Json(Empty);

    /// <summary>Its CapabilityStatement.</summary>
    public string Capabilities { get; set; } = """
        {"resourceType": "CapabilityStatement", "status": "active", "date": "2026-01-01", "kind": "instance", "fhirVersion": "4.0.1", "format": ["json"],
         "rest": [{"mode": "server", "resource": [{"type": "Patient", "searchParam": [{"name": "identifier", "type": "token"}]},
           {"type": "RelatedPerson", "searchParam": [{"name": "patient", "type": "reference"}]},
           {"type": "EpisodeOfCare", "searchParam": [{"name": "patient", "type": "reference"}]}]}]}
        """;

    public const string Empty = """{"resourceType": "Bundle", "type": "searchset"}""";

    public static async Task<ScriptedServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new ScriptedServer(app);
        app.Run(http => http.Request.Path == "/r4/metadata" ? Json(server.Capabilities)(http) : server.Answer(http));
        await app.StartAsync(TestContext.Current.CancellationToken);
        server.Base = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/r4");
        return server;
    }

    public static Func<HttpContext, Task> Json(string text, int status = 200, string type = "application/fhir+json") => async http =>
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), http.RequestAborted);
    };

    /// <summary>No answer, until the caller leaves.</summary>
    public static Task Silence(HttpContext http)
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        http.RequestAborted.Register(left.SetResult);
        return left.Task;
    }

    /// <summary>A searchset of these resources, each as JSON.</summary>
    public static string Searchset(params string[] resources) =>
        $$"""{"resourceType": "Bundle", "type": "searchset", "entry": [{{string.Join(',', resources.Select(r => $$"""{"resource": {{r}}}"""))}}]}""";

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
