using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Google.Protobuf;
using Keten.Bench.Rig;
using Keten.Client;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.Bench.Log;

/// <summary>
/// Professionals of two organisations that ask each other for name and address, as fast as the answers come, through every gateway of a rig. Each
/// person is a client of both, and both have reported so.
/// </summary>
internal sealed class ReadLoad : IDisposable
{
    private const string Facts = """{"subject_age":9,"subject_informed":true,"risk_assessed":true}""";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan KnownLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(5);

    private readonly FederationRig _rig;
    private readonly List<KetenClient> _clients = [];
    private readonly List<Pseudonym> _subjects = [];
    private readonly ConcurrentDictionary<string, long> _failures = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _answered = new();
    private readonly ConcurrentQueue<double> _milliseconds = new();
    private long _sent;

    private ReadLoad(FederationRig rig) => _rig = rig;

    /// <summary>Calls made.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Transaction ids of the calls that were answered.</summary>
    public IReadOnlyCollection<string> Answered => _answered;

    /// <summary>How long the answered ones took.</summary>
    public IReadOnlyCollection<double> Milliseconds => _milliseconds;

    /// <summary>Codes of the calls that were not answered; with a gateway that is killed there are many.</summary>
    public IReadOnlyDictionary<string, long> Failures => _failures;

    /// <summary>Two that may ask each other for name and address.</summary>
    public static IReadOnlyList<RigOrganisation> Organisations { get; } = [.. RigOrganisation.Four.Take(2)];

    /// <summary>Reports the involvements, and returns when each gateway lets each organisation read.</summary>
    public static async Task<ReadLoad> PrepareAsync(FederationRig rig, int persons, CancellationToken cancellationToken)
    {
        var load = new ReadLoad(rig);
        try
        {
            foreach (var person in Enumerable.Range(0, persons))
            {
                await Task.WhenAll(rig.CaseSystems.Select(system => system.ReportAsync(Report(system.Organisation, person), cancellationToken)));
                load._subjects.Add(await rig.CaseSystems[0].PseudonymAsync($"c{person}", cancellationToken));
            }

            for (var gateway = 0; gateway < rig.Gateways.Count; gateway++)
            {
                load._clients.AddRange(Organisations.Select(organisation => rig.Connect(organisation, gateway)));
            }

            foreach (var (client, i) in load._clients.Select((client, i) => (client, i)))
            {
                await load.UntilKnownAsync(client, i % Organisations.Count, cancellationToken);
            }

            return load;
        }
        catch
        {
            load.Dispose();
            throw;
        }
    }

    /// <summary>Reads side by side until told to stop; a call that has begun ends.</summary>
    public Task RunAsync(int readers, int seed, CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, readers).Select(reader => Task.Run(async () =>
    {
        var random = new Random(HashCode.Combine(seed, reader));
        while (!stop.IsCancellationRequested)
        {
            var client = random.Next(_clients.Count);
            if (!await ReadAsync(_clients[client], client % Organisations.Count, random.Next(_subjects.Count)))
            {
                // A gateway that is gone refuses at once; no need to ask it a hundred thousand times.
                await PauseAsync(stop);
            }
        }
    }, CancellationToken.None)));

    public void Dispose() => _clients.ForEach(client => client.Dispose());

    private async Task<bool> ReadAsync(KetenClient client, int asker, int person)
    {
        Interlocked.Increment(ref _sent);
        var started = Stopwatch.GetTimestamp();
        try
        {
            var answer = await client.GetPersonAsync(Ask(asker, person), CancellationToken.None);
            _answered.Enqueue(answer.TransactionId);
            _milliseconds.Enqueue(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            return true;
        }
        catch (KetenException refused)
        {
            _failures.AddOrUpdate(refused.ReasonCode, 1, (_, count) => count + 1);
            return false;
        }
    }

    private async Task UntilKnownAsync(KetenClient client, int asker, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(Look);
        for (var person = 0; person < _subjects.Count;)
        {
            try
            {
                await client.GetPersonAsync(Ask(asker, person), cancellationToken);
                person++;
            }
            catch (KetenException refused)
            {
                if (waited.Elapsed > KnownLimit)
                {
                    throw new RigException($"a gateway does not let {Organisations[asker].Type} read within {KnownLimit.TotalSeconds:0} s: {refused.Message}");
                }

                await timer.WaitForNextTickAsync(cancellationToken);
            }
        }
    }

    private Ask Ask(int asker, int person) => new()
    {
        Target = Organisations[1 - asker].Oin, Subject = _subjects[person], Purpose = "naw-hergebruik", Actor = "p7", ActorRole = Organisations[asker].Role,
        Facts = CaseFacts.TryParse(Facts, out var facts, out _) ? facts : CaseFacts.None, Deadline = CallLimit,
    };

    private static ReportInvolvementRequest Report(RigOrganisation organisation, int person) => new()
    {
        ClientId = $"c{person}", Change = Change.Started, InvolvementId = $"{organisation.Type}-{person}", Purpose = "betrokkenheid-jeugd", Actor = "p7",
        ActorRole = organisation.Role, AssertedFacts = ByteString.CopyFrom(Encoding.UTF8.GetBytes(Facts)),
        Involvement = new Involvement { ContactDesk = "meldpunt", ContactPhone = "010-1234567" },
    };

    private static async Task PauseAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Look);
        try
        {
            await timer.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
            // The caller looks at the token itself.
        }
    }
}
