using Keten.Adapters.Fhir.Tests.Support;
using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sdk.Ports;
using Keten.TestKit.Pki;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Fhir.Tests.Sources;

public sealed class StartTests(SharedFhirServer shared) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_section_that_is_not_there_is_a_port_that_is_not_offered()
    {
        var server = await shared.StartedAsync();
        await using var source = await StartAsync(Mappings.Standard(server.Base).With("household: {}\n", ""));

        Assert.Null(source.Services.GetService<IHouseholdSource>());
        Assert.NotNull(source.Services.GetService<IPersonSource>());
        Assert.Contains("offered: clients, person, involvement, facts", source.Logs.All, StringComparison.Ordinal);
        Assert.DoesNotContain(source.Logs.Lines, l => l.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_search_parameter_that_the_server_refuses_ends_the_start()
    {
        var server = await shared.StartedAsync();
        var mapping = Mappings.Standard(server.Base).With("household: {}", "household: {search: 'RelatedPerson?patient=Patient/{client}&kin=MTH'}");

        var fault = await Assert.ThrowsAsync<SourceUnavailableException>(() => StartAsync(mapping));

        Assert.Equal(("household", "HTTP 400"), (fault.Port, fault.Code));
    }

    [Fact]
    public async Task A_search_parameter_that_the_server_does_not_declare_is_a_warning()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Capabilities = server.Capabilities.Replace("\"patient\"", "\"subject\"", StringComparison.Ordinal);

        await using var source = await StartAsync(Mappings.Standard(server.Base));

        Assert.Contains(source.Logs.Lines, l => l.Level == LogLevel.Warning && l.Text.Contains("'patient' of household.search", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_leaves_out_a_filter_it_does_not_know_ends_the_start()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Answer = async http => await ScriptedServer.Json(
            http.Request.Path.Value!.Contains("RelatedPerson", StringComparison.Ordinal)
                ? ScriptedServer.Searchset("""{"resourceType": "RelatedPerson", "id": "r", "patient": {"reference": "Patient/somebody"}}""") : ScriptedServer.Empty)(http);
        var text = Mappings.Standard(server.Base);

        var fault = Assert.Single((await Assert.ThrowsAsync<MappingException>(() => StartAsync(text))).Faults);

        Assert.Equal(("household.search", Mappings.LineOf(text, "household:")), (fault.Key, fault.Line));
        Assert.Contains("finds data for a client who does not exist", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"4.0.1\"", "\"5.0.0\"", "server.base", "expected a server of FHIR R4")]
    [InlineData("\"4.0.1\"", "\"3.0.2\"", "server.base", "expected a server of FHIR R4")]
    [InlineData("\"EpisodeOfCare\"", "\"Encounter\"", "involvement.search", "the server has no EpisodeOfCare")]
    public async Task The_host_does_not_start_on_a_server_that_has_not_what_the_mapping_asks(string from, string to, string key, string message)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Capabilities = server.Capabilities.Replace(from, to, StringComparison.Ordinal);

        var fault = await Assert.ThrowsAsync<MappingException>(() => StartAsync(Mappings.Standard(server.Base)));

        Assert.Contains(fault.Faults, f => f.Key == key && f.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_host_does_not_start_without_its_server()
    {
        var server = await ScriptedServer.StartAsync();
        await server.DisposeAsync();

        var fault = await Assert.ThrowsAsync<SourceUnavailableException>(() => StartAsync(Mappings.Standard(server.Base)));

        Assert.Equal(("server", "network"), (fault.Port, fault.Code));
    }

    [Fact]
    public async Task Nor_with_a_wrong_token_although_everybody_may_read_the_capability_statement()
    {
        await using var server = await FhirServerProcess.StartAsync(token: "goed.token");
        _folder.Write("token", "verkeerd.token");

        var fault = await Assert.ThrowsAsync<SourceUnavailableException>(
            () => StartAsync(Mappings.Standard(server.Base).With("clients: {}", "  token_file: token\nclients: {}")));

        Assert.Equal(("clients", "HTTP 401"), (fault.Port, fault.Code));
        Assert.DoesNotContain("verkeerd", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nor_without_the_client_certificate_the_server_wants_nor_with_an_authority_that_is_not_the_servers()
    {
        using var pki = new TestFederation();
        using var other = new TestFederation(name: "Andere");
        await using var server = await FhirServerProcess.StartAsync(pki: pki);
        var own = pki.Good(81);
        var certificate = $"  certificate: {own.CertificatePath}\n  key: {own.KeyPath}\n";

        foreach (var server_keys in (string[])[$"  authority: {pki.TrustAnchors}\n", $"  authority: {other.TrustAnchors}\n{certificate}", certificate])
        {
            var fault = await Assert.ThrowsAsync<SourceUnavailableException>(() => StartAsync(Mappings.Standard(server.Base).With("clients: {}", $"{server_keys}clients: {{}}")));
            Assert.Equal(("server", "network"), (fault.Port, fault.Code));
        }
    }

    private Task<RunningSource> StartAsync(string mapping) => RunningSource.StartAsync(_folder.Write("mapping.yaml", mapping));
}
