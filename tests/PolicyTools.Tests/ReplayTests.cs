using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Keten.DecisionLog;
using Keten.Protocol.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Keten.PolicyTools.Tests;

public sealed class ReplayTests : IDisposable
{
    private static readonly DateTimeOffset Moment = new(2026, 3, 2, 9, 30, 0, TimeSpan.Zero);
    private readonly Sources _sources = new();

    private string LogDirectory => Path.Combine(_sources.Root, "log");

    public void Dispose() => _sources.Dispose();

    [Fact]
    public async Task Decisions_are_identical_under_the_revision_that_made_them()
    {
        using var policy = LoadedPolicy.Open(null);
        await WriteAsync(Allowed(policy.Revision), Refused(policy.Revision), BeforeThePolicy(policy.Revision), Allowed("0000000000000000"));

        var run = await Run.PolicyAsync("replay", "--log", LogDirectory, "--bundle", "embedded");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("4 decisions in the log, 3 asked again", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 not asked again: refused before the policy was asked", run.Output, StringComparison.Ordinal);
        Assert.Contains("2 identical", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 not checked: revision 0000000000000000 is not at hand; give its bundle with --own", run.Output, StringComparison.Ordinal);
        Assert.Equal("  0 of 3 would be decided otherwise", run.LastLine);
    }

    [Fact]
    public async Task A_record_that_is_not_what_its_revision_decides_is_an_alarm()
    {
        using var policy = LoadedPolicy.Open(null);
        var record = Refused(policy.Revision);
        record.CallerInvolved = true;
        await WriteAsync(record);

        var run = await Run.PolicyAsync("replay", "--log", LogDirectory, "--bundle", "embedded");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("1 DIFFERENT", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_bundle_shows_what_it_would_have_closed_and_opened()
    {
        using var policy = LoadedPolicy.Open(null);
        await WriteAsync(Allowed(policy.Revision), Refused(policy.Revision), Allowed(policy.Revision));
        _sources.Edit("data/purposes.yaml",
            "informed: required\n    involvement: {caller: true, target: true}\n    retention_days: 3650", "informed: required\n    involvement: {caller: false, target: true}\n    retention_days: 3650");
        _sources.Edit("data/purposes.yaml", "      wijkteam: \"*\"\n      veilig-thuis: [medewerker-triage, onderzoeker, crisismedewerker]\n      raad: [raadsonderzoeker]", "      wijkteam: [casusregisseur]\n      veilig-thuis: [medewerker-triage, onderzoeker, crisismedewerker]\n      raad: [raadsonderzoeker]");
        var changed = await _sources.BuildAsync("new");

        var run = await Run.PolicyAsync("replay", "--log", LogDirectory, "--bundle", changed, "--json");

        Assert.Equal(1, run.ExitCode);
        var report = run.Json.GetProperty("report");
        Assert.Equal(3, report.GetProperty("identicalUnderOwnRevision").GetInt32());
        var flips = report.GetProperty("flips").EnumerateArray().Select(f =>
            $"{f.GetProperty("change").GetProperty("kind")} {f.GetProperty("count")} {f.GetProperty("organisationType")} {f.GetProperty("purpose")} {f.GetProperty("change").GetProperty("after")}");
        Assert.Equal(["opens 1 gemeente naw-hergebruik allow", "closes 2 wijkteam naw-hergebruik deny ROLE_NOT_PERMITTED"], flips);
    }

    [Fact]
    public async Task Shows_who_would_have_learned_of_whom()
    {
        using var policy = LoadedPolicy.Open(null);
        await WriteAsync(Report(policy.Revision, "politie", "p1"), Report(policy.Revision, "huisarts", "p1"), Report(policy.Revision, "politie", "p2"));
        _sources.Edit("data/organisation-types.yaml", "    justice: {social: contact, protection: contact}\n  volwassenen:", "    justice: {social: contact, protection: contact, health: contact}\n  volwassenen:");
        var changed = await _sources.BuildAsync("new");

        var run = await Run.PolicyAsync("replay", "--log", LogDirectory, "--bundle", changed);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("1 of 2 matches would tell otherwise", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"1 x \S+ \(politie\) learns of \S+ \(huisarts\), betrokkenheid-jeugd\n      none -> contact; fields: ", run.Output);
    }

    [Fact]
    public async Task A_log_that_is_not_there_is_refused()
    {
        var run = await Run.PolicyAsync("replay", "--log", Path.Combine(_sources.Root, "nowhere"), "--bundle", "embedded");

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("There is no decision log in", run.Error, StringComparison.Ordinal);
    }

    private async Task WriteAsync(params DecisionRecord[] records)
    {
        using var host = new HostBuilder().ConfigureServices(services => services.AddDecisionLog(options => options.Directory = LogDirectory)).Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var log = host.Services.GetRequiredService<IDecisionLog>();
        foreach (var record in records)
        {
            await log.AppendAsync(new LogRecord { RecordedAt = Timestamp.FromDateTimeOffset(Moment), Decision = record }, TestContext.Current.CancellationToken);
        }

        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static DecisionRecord Allowed(string revision)
    {
        var record = Question(revision, "wijkteam", "wijkcoach");
        (record.Allowed, record.ReasonCode, record.CallerCode, record.Rule, record.RetentionDays, record.CallerInvolved) = (true, "ALLOWED", "ALLOWED", "R22", 3650, true);
        record.Fields.Add(["given_names", "phone"]);
        record.Obligations.Add(["delete-after:3650d", "log-disclosure"]);
        record.LegalBasis.Add(["Wet BRP 1.7", "Wet BRP 2.34", "AVG 6.1.e", "AVG 5.1.d"]);
        return record;
    }

    private static DecisionRecord Refused(string revision)
    {
        var record = Question(revision, "gemeente", "gegevensbeheerder");
        (record.ReasonCode, record.CallerCode, record.Rule) = ("CALLER_NOT_INVOLVED", "CALLER_NOT_INVOLVED", "R18b");
        return record;
    }

    private static DecisionRecord Report(string revision, string reporter, string person)
    {
        var record = Question(revision, reporter, "wijkagent");
        (record.EnforcementPoint, record.Purpose, record.Category, record.Action, record.Subject, record.Allowed, record.Rule) =
            ("intake", "betrokkenheid-jeugd", "betrokkenheid", "submit", person, true, "");
        record.Caller.Oin = "oin-of-" + reporter;
        return record;
    }

    private static DecisionRecord BeforeThePolicy(string revision) => new() { DecisionId = Guid.NewGuid().ToString(), ReasonCode = "METADATA_MISSING", PolicyRevision = revision };

    private static DecisionRecord Question(string revision, string caller, string role) => new()
    {
        DecisionId = Guid.NewGuid().ToString(),
        EnforcementPoint = "gateway",
        Caller = new Party { Oin = "00000099000000001000", OrganisationType = caller, Status = "active" },
        Target = new Party { Oin = "00000099000000002000", OrganisationType = "gemeente", Status = "active" },
        Category = "naw",
        Action = "read",
        Purpose = "naw-hergebruik",
        ActorRole = role,
        RequestedFields = { "phone", "given_names" },
        AssertedFacts = ByteString.CopyFromUtf8("""{"subject_informed":true}"""),
        TargetInvolved = true,
        PolicyRevision = revision,
        DecidedAt = Timestamp.FromDateTimeOffset(Moment),
        PolicyTime = "2026-03-02T09:30:00.0000000Z",
    };
}
