using System.CommandLine;
using System.Text.Json;
using Keten.Contracts.Identifiers;
using Keten.Identity;
using Keten.Identity.Pki;

namespace Keten.Cli.Pki;

/// <summary><c>keten pki</c>: a federation's certificate authority for development and test.</summary>
internal static class PkiCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object on stdout." };

    public static Command Create() => new("pki", "A certificate authority for a federation in development: not for production, where PKIoverheid or your own authority issues.")
    {
        Init(), Issue(), Revoke(), Refresh(),
    };

    private static Argument<string> Directory() => new("DIR") { Description = "Directory of the authority." };

    private static Command Init()
    {
        var directory = Directory();
        var name = new Option<string>("--name") { Description = "Name in the root certificate.", DefaultValueFactory = _ => "Keten ontwikkelfederatie" };
        var command = new Command("init", "Make an authority: ca.crt (the trust anchor), ca.key, crl.pem. Never overwrites one.") { directory, name, Json };
        command.SetAction(parsed => Run(parsed.GetValue(Json), () =>
        {
            var authority = DevelopmentAuthority.Init(parsed.GetRequiredValue(directory), parsed.GetRequiredValue(name));
            return (new { trustAnchor = authority.CertificatePath, revocationList = authority.CrlPath },
                $"Trust anchor     {authority.CertificatePath}\nRevocation list  {authority.CrlPath}\nNext             keten pki issue {parsed.GetRequiredValue(directory)} --oin 00000099000000001004 --name \"Wijkteam Waterveld-Oost\"");
        }));
        return command;
    }

    private static Command Issue()
    {
        var directory = Directory();
        var oin = new Option<string>("--oin") { Description = "OIN of the participant, 20 letters or digits.", Required = true };
        var name = new Option<string>("--name") { Description = "Name of the organisation, at most 64 characters.", Required = true };
        var hosts = new Option<string[]>("--host") { Description = "Host name or address beside localhost; may be repeated." };
        var days = new Option<int>("--days") { Description = "How long it is valid.", DefaultValueFactory = _ => 365 };
        var command = new Command("issue", "Issue a certificate with the OIN in the subject's serialNumber, for clients and servers.") { directory, oin, name, hosts, days, Json };
        command.SetAction(parsed => Run(parsed.GetValue(Json), () =>
        {
            if (!Oin.TryParse(parsed.GetRequiredValue(oin), out var participant))
            {
                throw new ArgumentException("--oin: expected 20 letters or digits; for tests begin with 00000099.");
            }

            if (parsed.GetValue(days) is < 1 or > 3650)
            {
                throw new ArgumentException("--days: expected 1 to 3650.");
            }

            var issued = DevelopmentAuthority.Open(parsed.GetRequiredValue(directory)).Issue(participant, parsed.GetRequiredValue(name),
                new IssueOptions { Hosts = parsed.GetValue(hosts) ?? [], Validity = TimeSpan.FromDays(parsed.GetValue(days)) });
            return (new { oin = issued.Oin.Value, serial = issued.Serial, notAfter = issued.NotAfter, certificate = issued.CertificatePath, privateKey = issued.KeyPath },
                $"Certificate  {issued.CertificatePath}\nPrivate key  {issued.KeyPath}\nSerial       {issued.Serial}\nValid until  {issued.NotAfter:yyyy-MM-dd}");
        }));
        return command;
    }

    private static Command Revoke()
    {
        var directory = Directory();
        var which = new Argument<string>("OIN-OR-SERIAL") { Description = "All certificates of a participant, or one by its serial number." };
        var command = new Command("revoke", "Revoke, and publish the list anew. Running gateways and adapters follow within seconds, open connections included.") { directory, which, Json };
        command.SetAction(parsed => Run(parsed.GetValue(Json), () =>
        {
            var authority = DevelopmentAuthority.Open(parsed.GetRequiredValue(directory));
            var count = authority.Revoke(parsed.GetRequiredValue(which));
            return (new { revoked = count, revocationList = authority.CrlPath }, $"Revoked {count}; published {authority.CrlPath}");
        }));
        return command;
    }

    private static Command Refresh()
    {
        var directory = Directory();
        var command = new Command("refresh", "Publish the revocation list anew, good for another 30 days. Past its end nobody is accepted.") { directory, Json };
        command.SetAction(parsed => Run(parsed.GetValue(Json), () =>
        {
            var authority = DevelopmentAuthority.Open(parsed.GetRequiredValue(directory));
            authority.RefreshCrl();
            return (new { revocationList = authority.CrlPath }, $"Published {authority.CrlPath}");
        }));
        return command;
    }

    /// <summary>0 when done, 1 with one line on stderr when not.</summary>
    private static int Run(bool json, Func<(object Result, string Text)> action)
    {
        try
        {
            var (result, text) = action();
            Console.Out.WriteLine(json ? JsonSerializer.Serialize(result, JsonSerializerOptions.Web) : text);
            return 0;
        }
        catch (Exception problem) when (problem is AuthorityException or FederationFileException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine("keten pki: " + problem.Message);
            return 1;
        }
    }
}
