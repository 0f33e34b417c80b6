using Keten.LogTools.Query;

namespace Keten.LogTools.Reconcile;

/// <summary>
/// Holds gateways' logs against the records the adapters keep of the same calls: two organisations that wrote independently of each other. A
/// call that runs is no finding, nor what lies outside the time both tell of.
/// </summary>
public sealed class Reconciliation
{
    // Whoever hangs up, or an adapter that goes away, leaves a disclosure whose answer did not arrive: the gateway says so, and that is no contradiction.
    private static readonly HashSet<int> OnTheWay = [-1, 1, 2, 4, 13, 14];

    private readonly IReadOnlyList<GatewayRecord> _gateways;
    private readonly List<AdapterRecord> _adapters = [];
    private readonly Dictionary<string, AdapterRecord> _byOin = new(StringComparer.Ordinal);
    private readonly Dictionary<AdapterRecord, DateTimeOffset?> _oldest = [];
    private readonly Dictionary<FindingKind, long> _counts = [];
    private readonly List<Finding> _findings = [];
    private readonly TimeSpan _window;
    private long _lines;
    private long _permits;
    private long _notCompared;
    private long _outOfReach;
    private long _permitsOutOfReach;

    private Reconciliation(IReadOnlyList<GatewayRecord> gateways, TimeSpan window)
    {
        _gateways = gateways;
        _window = window;
    }

    /// <summary>Compares both ways.</summary>
    /// <param name="gateways">Logs of all replicas: what is missing here has no permit.</param>
    /// <param name="adapters">Directories of adapters, as <c>DIR</c> or <c>OIN=DIR</c>; without an OIN it is whose the lines say.</param>
    /// <param name="window">How far clocks may differ, and how long what is being written may take.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="InvalidDataException">What is given as an adapter is none.</exception>
    /// <exception cref="DecisionLog.DecisionLogCorruptedException">A record is damaged or missing.</exception>
    public static ReconcileReport Run(
        IReadOnlyList<GatewayRecord> gateways, IReadOnlyList<string> adapters, TimeSpan window, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(gateways);
        ArgumentNullException.ThrowIfNull(adapters);
        var run = new Reconciliation(gateways, window);
        try
        {
            foreach (var adapter in adapters)
            {
                run.Add(adapter);
            }

            foreach (var adapter in run._adapters)
            {
                run.CompareLines(adapter, cancellationToken);
            }

            foreach (var adapter in run._adapters)
            {
                run._oldest[adapter] = adapter.Oldest();
            }

            foreach (var gateway in gateways)
            {
                run.ComparePermits(gateway, cancellationToken);
            }

            return run.Report();
        }
        finally
        {
            run._adapters.ForEach(adapter => adapter.Dispose());
        }
    }

    private void Add(string adapter)
    {
        var named = adapter.Split('=', 2) is [{ Length: 20 } oin, var path] ? (Oin: oin, Path: path) : (Oin: "", Path: adapter);
        var record = AdapterRecord.Open(named.Path);
        _adapters.Add(record);
        if (named.Oin.Length > 0)
        {
            _byOin[named.Oin] = record;
        }
    }

    private void CompareLines(AdapterRecord adapter, CancellationToken cancellationToken)
    {
        foreach (var lines in adapter.ByDecision())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var id = lines[0].DecisionId;
            var call = _gateways.Select(gateway => gateway.Index.Find(id)).FirstOrDefault(found => found is not null);
            if (call is null && !_gateways.Any(gateway => lines[0].At >= gateway.First + _window && lines[^1].At <= gateway.Last - _window))
            {
                _outOfReach += lines.Count;
                continue;
            }

            _lines += lines.Count;
            if (call?.Decided.Target is { Oin.Length: > 0 } target && !_byOin.TryAdd(target.Oin, adapter) && _byOin[target.Oin] != adapter)
            {
                Found(FindingKind.CallDiffers, lines[0], adapter, $"the decision is for {target.Oin}, whose record is {_byOin[target.Oin].Name}");
            }

            Judge(adapter, lines, call);
        }
    }

    private void Judge(AdapterRecord adapter, List<AdapterLine> lines, LoggedCall? call)
    {
        var disclosed = lines.Exists(line => line.Allowed);
        if (call is not { Decided: { Allowed: true } decided })
        {
            if (disclosed || call is null)
            {
                Found(disclosed ? FindingKind.DisclosureWithoutPermit : FindingKind.RefusalWithoutDecision, lines[0], adapter,
                    call is null ? $"{(disclosed ? "disclosed" : "refused")} under a decision no gateway's log has" : $"disclosed, and the gateway refused it: {call.Decided.ReasonCode}");
            }

            return;
        }

        var first = lines[0];
        if (first.Caller != decided.Caller?.Oin || first.Operation != decided.Operation || first.Purpose != decided.Purpose || first.TransactionId != decided.TransactionId)
        {
            Found(FindingKind.CallDiffers, first, adapter, "caller, operation, purpose or transaction is another than in the decision");
        }

        if (lines.Where(line => line.Allowed).SelectMany(line => line.Fields).Except(decided.Fields, StringComparer.Ordinal).ToList() is { Count: > 0 } beyond)
        {
            Found(FindingKind.FieldsBeyondDecision, first, adapter, $"disclosed beyond the decision: {string.Join(", ", beyond)}");
        }

        if (call.Ended is { } ended && OutcomeFault(ended, lines, disclosed) is { } fault)
        {
            Found(FindingKind.OutcomeDiffers, first, adapter, fault);
        }
    }

    private static string? OutcomeFault(Protocol.V1.OutcomeRecord ended, List<AdapterLine> lines, bool disclosed)
    {
        var well = ended is { GrpcStatus: 0, ReasonCode.Length: 0 };
        if (well && !disclosed)
        {
            return $"the gateway says it ended well, the adapter refused: {lines[0].ReasonCode}";
        }

        if (!well && disclosed && !lines.Exists(line => !line.Allowed) && !OnTheWay.Contains(ended.GrpcStatus))
        {
            return $"the adapter disclosed, the gateway says it ended with {(ended.ReasonCode.Length > 0 ? ended.ReasonCode : $"gRPC status {ended.GrpcStatus}")}";
        }

        // Of a subscription the gateway knows the first message.
        var told = lines.First(line => line.Allowed == disclosed).Fields;
        return well && ended.Fields.Count > 0 && !told.ToHashSet(StringComparer.Ordinal).SetEquals(ended.Fields)
            ? "the adapter told the gateway of other fields than it put on its own record" : null;
    }

    private void ComparePermits(GatewayRecord gateway, CancellationToken cancellationToken)
    {
        foreach (var call in gateway.Index.Read(new LogFilter { Standing = CallStanding.Allowed }))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (call is not { Ended: not null, Decided: { } decided })
            {
                continue;
            }

            if (!_byOin.TryGetValue(decided.Target?.Oin ?? "", out var adapter))
            {
                _notCompared++;
                continue;
            }

            var missing = adapter.Find(decided.DecisionId).Count == 0;
            if (missing && decided.DecidedAt?.ToDateTimeOffset() < _oldest[adapter] + _window)
            {
                // Its line may be past the adapter's term, which is not the log's.
                _permitsOutOfReach++;
                continue;
            }

            _permits++;
            if (missing)
            {
                Add(new Finding(FindingKind.PermitWithoutDisclosure, decided.DecisionId, adapter.Name, "the gateway says it ended well, the adapter has no line of it"));
            }
        }
    }

    private void Found(FindingKind kind, AdapterLine line, AdapterRecord adapter, string text) => Add(new Finding(kind, line.DecisionId, adapter.Name, text));

    private void Add(Finding finding)
    {
        _counts[finding.Kind] = _counts.GetValueOrDefault(finding.Kind) + 1;
        if (_findings.Count < ReconcileReport.MostListed)
        {
            _findings.Add(finding);
        }
    }

    private ReconcileReport Report() => new()
    {
        Permits = _permits, Lines = _lines, OutOfReach = _outOfReach, PermitsOutOfReach = _permitsOutOfReach, NotCompared = _notCompared, Counts = _counts, Findings = _findings,
        OldestLines = _oldest.ToDictionary(adapter => adapter.Key.Name, adapter => adapter.Value),
        Adapters = _adapters.ToDictionary(adapter => adapter.Name, adapter => _byOin.FirstOrDefault(known => known.Value == adapter).Key ?? ""),
    };
}
