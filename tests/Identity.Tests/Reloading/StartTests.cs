using Keten.TestKit.Pki;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Keten.Identity.Tests;

public sealed class StartTests : IDisposable
{
    private readonly TestFederation _federation = new();

    public void Dispose() => _federation.Dispose();

    [Fact]
    public async Task Refuses_to_start_with_all_faults_of_all_files_together()
    {
        var identity = _federation.Good(1);
        File.WriteAllText(_federation.Participants, "participants:\n  - oin: '123'\n    name: A\n    type: wijkteam\n    status: active\n");
        File.WriteAllText(_federation.RevocationList, "nothing here\n");

        var fault = await Assert.ThrowsAsync<FederationFileException>(() => ParticipantHost.StartAsync(_federation, identity));

        Assert.Contains(fault.Faults, f => f.File == _federation.RevocationList && f.Fault.Contains("no revocation list of root", StringComparison.Ordinal));
        Assert.Contains(fault.Faults, f => f.File == _federation.Participants && f.Line == 2);
    }

    [Fact]
    public async Task Refuses_to_start_without_settings_and_names_each()
    {
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => ParticipantHost.StartAsync(_federation, _federation.Good(1),
            services: services => services.PostConfigure<FederationOptions>(options => (options.TrustAnchors, options.PrivateKey) = ("", ""))));

        Assert.Equal(2, fault.Failures.Count());
    }

    [Fact]
    public async Task Refuses_to_start_with_a_certificate_of_another_authority()
    {
        var fault = await Assert.ThrowsAsync<FederationFileException>(() => ParticipantHost.StartAsync(_federation, _federation.OfOtherAuthority(1)));

        Assert.Contains(CertificateFaults.Untrusted, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_to_start_with_the_key_of_another_certificate_and_does_not_quote_it()
    {
        var (one, two) = (_federation.Good(1), _federation.Good(2));

        var fault = await Assert.ThrowsAsync<FederationFileException>(() => ParticipantHost.StartAsync(_federation, one with { KeyPath = two.KeyPath }));

        Assert.Equal((two.KeyPath, 1), (fault.Faults[0].File, fault.Faults[0].Line));
        Assert.Null(fault.InnerException);
    }

    [Fact]
    public async Task Names_the_line_of_a_damaged_block()
    {
        File.AppendAllText(_federation.TrustAnchors, "-----BEGIN CERTIFICATE-----\nhalf\n");
        var line = File.ReadAllLines(_federation.TrustAnchors).Length - 1;

        var fault = await Assert.ThrowsAsync<FederationFileException>(() => ParticipantHost.StartAsync(_federation, _federation.Good(1)));

        Assert.Equal((_federation.TrustAnchors, line), (fault.Faults[0].File, fault.Faults[0].Line));
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        var identity = _federation.Good(1) with { CertificatePath = "/nowhere/cert.pem" };

        var fault = await Assert.ThrowsAsync<FederationFileException>(() => ParticipantHost.StartAsync(_federation, identity));

        Assert.Equal("/nowhere/cert.pem: the file does not exist; expected a readable file at this path.", fault.Message);
    }

    [Fact]
    public async Task A_list_signed_by_another_key_under_the_same_name_is_refused()
    {
        using var other = new TestFederation();
        var identity = _federation.Good(1);
        File.Copy(other.RevocationList, _federation.RevocationList, overwrite: true);

        var fault = await Assert.ThrowsAsync<FederationFileException>(() => ParticipantHost.StartAsync(_federation, identity));

        Assert.Contains("not signed by the root it names", fault.Message, StringComparison.Ordinal);
    }
}
