using Keten.Protocol.V1;

namespace Keten.Demo;

/// <summary>Collects what every organisation hears and holds it against what the scenario expects.</summary>
internal sealed class MatchBoard(Scenario scenario, Federation federation)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    private readonly Dictionary<(string Organisation, string InvolvementId, long Version), InvolvementReceipt> _receipts = [];
    private StepResult? _current;

    /// <summary>What is heard from now on belongs to this step.</summary>
    public void Begin(StepResult step) => _current = step;

    /// <summary>The gateway's answer to a report.</summary>
    public async Task<InvolvementReceipt> ReceiptAsync(string organisation, string involvementId, long version, CancellationToken cancellationToken)
    {
        var key = (organisation, involvementId, version);
        await UntilAsync(() => _receipts.ContainsKey(key), "the gateway's answer to a reported involvement", cancellationToken);
        return _receipts[key];
    }

    /// <summary>Waits until the step has at least what it should; too little is a difference, not an error.</summary>
    public async Task ExpectedMatchesAsync(StepResult step, CancellationToken cancellationToken)
    {
        var (started, ended) = (step.Step.Expect.Matches?.Count ?? 0, step.Step.Expect.MatchesEnded?.Count ?? 0);
        try
        {
            await UntilAsync(() => step.Matches.Count >= started && step.MatchesEnded.Count >= ended, "matches", cancellationToken);
        }
        catch (TimeoutException)
        {
            return;
        }
    }

    /// <summary>Returns when nothing has been heard for a while.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        while (await HearAsync(Quiet, cancellationToken))
        {
        }
    }

    private async Task UntilAsync(Func<bool> condition, string what, CancellationToken cancellationToken)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            var left = Limit - TimeProvider.System.GetElapsedTime(deadline);
            if (left <= TimeSpan.Zero || !await HearAsync(left, cancellationToken))
            {
                throw new TimeoutException($"Waited {Limit.TotalSeconds} seconds for {what}.");
            }
        }
    }

    /// <summary>Takes in everything that is there, or waits for the first; false when the time passes without anything.</summary>
    private async Task<bool> HearAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        if (TakeIn())
        {
            return true;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(wait);
        try
        {
            await await Task.WhenAny(federation.Systems.Values.Select(s => s.Heard.WaitToReadAsync(limit.Token).AsTask()));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            await limit.CancelAsync();
        }

        return TakeIn();
    }

    private bool TakeIn()
    {
        var any = false;
        foreach (var (organisation, system) in federation.Systems)
        {
            while (system.Heard.TryRead(out var notification))
            {
                any = true;
                switch (notification.ContentCase)
                {
                    case Notification.ContentOneofCase.Receipt:
                        _receipts[(organisation, notification.Receipt.InvolvementId, notification.Receipt.Version)] = notification.Receipt;
                        break;
                    case Notification.ContentOneofCase.Match:
                        _current!.Matches.Add(new ScenarioMatch(organisation, RefOf(notification.Match.AboutOin), LevelOf(notification.Match.Level)));
                        break;
                    case Notification.ContentOneofCase.MatchEnded:
                        _current!.MatchesEnded.Add(new ScenarioMatch(organisation, RefOf(notification.MatchEnded.AboutOin), LevelOf(notification.MatchEnded.Level)));
                        break;
                }
            }
        }

        return any;
    }

    private string RefOf(string oin) => scenario.Participants.First(p => p.Oin == oin).Ref;

    private static string LevelOf(VisibilityLevel level) => level == VisibilityLevel.Full ? "full" : "contact";
}
