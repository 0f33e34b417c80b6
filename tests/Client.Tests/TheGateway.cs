using Grpc.Core;
using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.Identity;
using Keten.Protocol.V1;
using Keten.TestKit.Pki;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using System.Security.Cryptography.X509Certificates;

namespace Keten.Client.Tests;

/// <summary>A gRPC server with the gateway's certificate on a real socket, that answers as the test says.</summary>
internal sealed class TheGateway : IAsyncDisposable
{
    private const int Number = 1;

    private readonly TestFederation _federation = new();
    private readonly TestIdentity _organisation;
    private readonly WebApplication _host;

    public TheGateway()
    {
        _organisation = _federation.Good(2);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddFederationIdentity(_federation.Options(_federation.Good(Number), registry: false));
        builder.Services.AddSingleton(this);
        builder.Services.AddGrpc();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseFederationTls(kestrel.ApplicationServices)));
        _host = builder.Build();
        _host.MapGrpcService<Persons>();
        _host.Start();
        var address = _host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Address = new Uri(address.Replace("http://", "https://", StringComparison.Ordinal));
    }

    public Uri Address { get; }

    public Func<ServerCallContext, Task<GetPersonResponse>> Get { get; set; } = _ => Task.FromResult(new GetPersonResponse());

    public Func<ServerCallContext, IServerStreamWriter<WatchPersonResponse>, Task> Watch { get; set; } = (_, _) => Task.CompletedTask;

    public KetenClient Client(int? expected = null, IReadOnlyCollection<string>? obligations = null, TimeSpan? deadline = null) => new(new KetenClientOptions
    {
        Gateway = Address, GatewayOin = TestFederation.OinOf(expected ?? Number), Certificate = _organisation.Load(),
        TrustAnchors = [X509CertificateLoader.LoadCertificateFromFile(_federation.TrustAnchors)], Obligations = obligations ?? ObligationIds.All,
        Deadline = deadline ?? TimeSpan.FromSeconds(10),
    });

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _host.DisposeAsync();
        _federation.Dispose();
    }

    private sealed class Persons(TheGateway gateway) : PersonService.PersonServiceBase
    {
        public override Task<GetPersonResponse> GetPerson(GetPersonRequest request, ServerCallContext context) => gateway.Get(context);

        public override Task WatchPerson(WatchPersonRequest request, IServerStreamWriter<WatchPersonResponse> responseStream, ServerCallContext context) =>
            gateway.Watch(context, responseStream);
    }
}
