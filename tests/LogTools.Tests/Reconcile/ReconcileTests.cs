using Keten.LogTools.Index;
using Keten.LogTools.Reconcile;

namespace Keten.LogTools.Tests.Reconcile;

public sealed class ReconcileTests : IDisposable
{
    private readonly GatewayLog _log = new();
    private readonly AdapterDatabase _adapter;

    public ReconcileTests() => _adapter = new AdapterDatabase(_log.File("gemeente"));

    public void Dispose()
    {
        _adapter.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task Two_sides_that_tell_the_same_agree_and_a_running_call_is_no_finding()
    {
        await _log.WriteAsync(Some.Decision(1), Some.Outcome(1), Some.Refused(2), Some.Decision(3), Some.Decision(4), Some.Outcome(4, "NOT_THE_REPORTER", grpc: 7), Some.Refused(900));
        _adapter.Disclosed(1);
        _adapter.Refused(4, "NOT_THE_REPORTER");

        var report = Reconcile();

        Assert.True(report.Agrees, string.Join('\n', report.Findings));
        Assert.Equal((1, 2), (report.Permits, report.Lines));
        Assert.Equal(Some.Gemeente, report.Adapters[_adapter.Directory]);
    }

    [Fact]
    public async Task A_disclosure_the_gateway_never_permitted_is_found()
    {
        await _log.WriteAsync(Some.Decision(1), Some.Outcome(1), Some.Refused(5), Some.Refused(900));
        _adapter.Disclosed(1);
        _adapter.Disclosed(5);
        _adapter.Disclosed(77);
        _adapter.Refused(78, "DECISION_MISMATCH");

        Finds((FindingKind.DisclosureWithoutPermit, 5), (FindingKind.DisclosureWithoutPermit, 77), (FindingKind.RefusalWithoutDecision, 78));
    }

    [Fact]
    public async Task A_call_that_ended_well_without_a_line_at_the_adapter_is_found()
    {
        await _log.WriteAsync(Some.Decision(1), Some.Outcome(1), Some.Decision(3), Some.Outcome(3), Some.Refused(900));
        _adapter.Disclosed(1);

        Finds((FindingKind.PermitWithoutDisclosure, 3));
    }

    [Fact]
    public async Task A_call_from_before_the_oldest_line_an_adapter_still_has_is_counted_and_no_finding()
    {
        await _log.WriteAsync(
            [.. Enumerable.Range(1, 5).Append(100).Append(101).Append(200).SelectMany(i => new[] { Some.Decision(i), Some.Outcome(i) }), Some.Refused(900)]);
        _adapter.Disclosed(100);

        // 101 is within the second that clocks may differ.
        var report = Finds((FindingKind.PermitWithoutDisclosure, 200));

        Assert.Equal((6, 2), (report.PermitsOutOfReach, report.Permits));
        Assert.Equal(Some.Moment.AddSeconds(100).AddMilliseconds(5), report.OldestLines[_adapter.Directory]);

        var run = await Run.LogAsync("reconcile", _log.Directory, _adapter.Directory, "--window", "1");
        Assert.Contains("6 calls from before their adapter's oldest line", run.Output, StringComparison.Ordinal);
        Assert.Contains("is of 2026-03-02 09:31:40Z", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_adapter_without_any_line_does_not_excuse_what_is_missing()
    {
        await _log.WriteAsync(Some.Decision(1), Some.Outcome(1), Some.Refused(900));
        using var index = CallIndex.Open(_log.Directory, _log.IndexFile, null, null, TestContext.Current.CancellationToken);

        var report = Reconciliation.Run(
            [GatewayRecord.Of(_log.Directory, index)], [$"{Some.Gemeente}={_adapter.Directory}"], TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

        Assert.Equal(FindingKind.PermitWithoutDisclosure, Assert.Single(report.Findings).Kind);
    }

    [Fact]
    public async Task Fields_beyond_the_decision_are_found_and_named()
    {
        await _log.WriteAsync(Some.Decision(1), Some.Refused(900));
        _adapter.Disclosed(1, ["family_name", "phone"]);

        Assert.Contains("phone", Finds((FindingKind.FieldsBeyondDecision, 1)).Findings[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outcomes_that_differ_are_found_and_an_answer_lost_on_the_way_is_not()
    {
        await _log.WriteAsync(
            Some.Decision(1), Some.Outcome(1), Some.Decision(2), Some.Outcome(2, "NOT_THE_REPORTER", grpc: 7), Some.Decision(3), Some.Outcome(3, "TARGET_UNAVAILABLE", grpc: 14),
            Some.Decision(4), Some.Outcome(4), Some.Refused(900));
        _adapter.Refused(1, "NO_CONSENT");
        _adapter.Disclosed(2);
        _adapter.Disclosed(3);
        _adapter.Disclosed(4, ["street"]);

        Finds((FindingKind.OutcomeDiffers, 1), (FindingKind.OutcomeDiffers, 2), (FindingKind.OutcomeDiffers, 4));
    }

    [Fact]
    public async Task Another_caller_under_the_same_decision_is_found()
    {
        await _log.WriteAsync(Some.Decision(1), Some.Outcome(1), Some.Refused(900));
        _adapter.Disclosed(1, caller: Some.Politie);

        Finds((FindingKind.CallDiffers, 1));
    }

    [Fact]
    public async Task A_permit_used_at_another_organisation_is_found()
    {
        await _log.WriteAsync(Some.Decision(1), Some.Outcome(1), Some.Refused(900));
        _adapter.Disclosed(1);
        using var other = new AdapterDatabase(_log.File("politie"));
        other.Disclosed(1);
        using var index = CallIndex.Open(_log.Directory, _log.IndexFile, null, null, TestContext.Current.CancellationToken);

        var report = Reconciliation.Run(
            [GatewayRecord.Of(_log.Directory, index)], [_adapter.Directory, $"{Some.Politie}={other.Directory}"], TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

        Assert.Equal((FindingKind.CallDiffers, other.Directory), (Assert.Single(report.Findings).Kind, report.Findings[0].Adapter));
    }

    [Fact]
    public async Task What_lies_before_or_after_the_gateways_records_is_not_judged()
    {
        await _log.WriteAsync(Some.Decision(100), Some.Outcome(100), Some.Refused(200));
        _adapter.Disclosed(100);
        _adapter.Disclosed(1);
        _adapter.Disclosed(500);

        var report = Reconcile();

        Assert.True(report.Agrees);
        Assert.Equal(2, report.OutOfReach);
    }

    [Fact]
    public async Task The_command_ends_with_1_and_tells_the_finding_and_changes_nothing_at_the_adapter()
    {
        await _log.WriteAsync(Some.Decision(1), Some.Outcome(1), Some.Decision(200), Some.Outcome(200), Some.Refused(900));
        _adapter.Disclosed(1);
        var before = await File.ReadAllBytesAsync(Path.Combine(_adapter.Directory, "adapter.db"), TestContext.Current.CancellationToken);

        var run = await Run.LogAsync("reconcile", _log.Directory, _adapter.Directory, "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(Some.Id(200), run.Json.GetProperty("findings")[0].GetProperty("decisionId").GetString());
        Assert.Equal("permitWithoutDisclosure", run.Json.GetProperty("findings")[0].GetProperty("kind").GetString());
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(_adapter.Directory, "adapter.db"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_is_no_adapter_is_one_line_with_the_way_out()
    {
        await _log.WriteAsync(Some.Refused(1));

        var run = await Run.LogAsync("reconcile", _log.Directory, "/tmp");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("there is no adapter.db", run.Error, StringComparison.Ordinal);
    }

    private ReconcileReport Reconcile()
    {
        using var index = CallIndex.Open(_log.Directory, _log.IndexFile, null, null, TestContext.Current.CancellationToken);
        return Reconciliation.Run([GatewayRecord.Of(_log.Directory, index)], [_adapter.Directory], TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
    }

    private ReconcileReport Finds(params (FindingKind Kind, int Decision)[] expected)
    {
        var report = Reconcile();
        Assert.Equal(expected.Select(e => (e.Kind, Some.Id(e.Decision))).Order(), report.Findings.Select(f => (f.Kind, f.DecisionId)).Order());
        Assert.False(report.Agrees);
        return report;
    }
}
