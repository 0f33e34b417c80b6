using System.Security.Claims;
using Keten.TestKit.Pki;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Keten.Identity.Tests;

public sealed class CertificateAuthenticationTests : IDisposable
{
    private readonly TestFederation _federation = new();
    private int _validated;
    private int _failed;

    public void Dispose() => _federation.Dispose();

    [Fact]
    public async Task The_principal_names_the_participant_and_is_made_once_per_connection()
    {
        var identity = _federation.Good(2);
        _federation.Register(TestFederation.Participant(identity.Oin));
        await using var host = await StartAsync();
        await using var client = await RawClient.ConnectAsync(host.Address, identity);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal($"{identity.Oin} Organisatie {identity.Oin} wijkteam extra", await client.GetAsync("/principal"));
        }

        Assert.Equal(1, _validated);
    }

    [Fact]
    public async Task An_unregistered_participant_is_forbidden()
    {
        await using var host = await StartAsync();

        Assert.StartsWith("HTTP/1.1 403", await RawClient.GetAsync(host.Address, _federation.Good(2), "/principal"), StringComparison.Ordinal);
        Assert.Equal(1, _failed);
    }

    [Fact]
    public async Task A_removed_participant_is_no_longer_the_principal_it_was()
    {
        var identity = _federation.Good(2);
        _federation.Register(TestFederation.Participant(identity.Oin));
        await using var host = await StartAsync();
        await using var client = await RawClient.ConnectAsync(host.Address, identity);
        Assert.NotNull(await client.GetAsync("/principal"));

        _federation.Register();

        await Eventually.Holds(async () => await client.GetAsync("/principal") is not { } answer || answer.Contains("403", StringComparison.Ordinal), "refused or cut");
    }

    private Task<ParticipantHost> StartAsync() => ParticipantHost.StartAsync(_federation, _federation.Good(1),
        services: services =>
        {
            services.AddAuthorization();
            services.AddAuthentication(CertificateAuthenticationDefaults.AuthenticationScheme).AddCertificate(options => options.Events = new CertificateAuthenticationEvents
            {
                OnCertificateValidated = context =>
                {
                    Interlocked.Increment(ref _validated);
                    Assert.NotNull(context.ClientCertificate);
                    ((ClaimsIdentity)context.Principal!.Identity!).AddClaim(new Claim("extra", "extra"));
                    return Task.CompletedTask;
                },
                OnAuthenticationFailed = context =>
                {
                    Interlocked.Increment(ref _failed);
                    Assert.Equal("PARTICIPANT_UNKNOWN", context.Exception.Message);
                    return Task.CompletedTask;
                },
            });
        },
        map: app =>
        {
            app.UseAuthentication();
            app.UseAuthorization();
            app.MapGet("/principal", (HttpContext http) => string.Join(' ',
                new[] { FederationClaims.Oin, ClaimTypes.Name, FederationClaims.OrganisationType, "extra" }.Select(http.User.FindFirstValue))).RequireAuthorization();
        });
}
