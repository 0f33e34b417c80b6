using System.Globalization;
using Google.Protobuf;
using Keten.Bench.Rig;
using Keten.Protocol.V1;

namespace Keten.Bench.Chaos;

/// <summary>
/// One round: every organisation starts its involvement with every person, the wijkteam's phone changes, the wijkteam leaves, all leave. After
/// each of the first three it is known exactly who hears what.
/// </summary>
internal sealed class Round(FederationRig rig, Ledger ledger, int number, int persons, Func<CancellationToken, Task> complete)
{
    private const int SideBySide = 8;
    private static readonly ByteString Facts = ByteString.CopyFromUtf8("""{"subject_age":9,"subject_informed":true,"risk_assessed":true}""");

    private long _events;

    /// <summary>Reports the adapters took.</summary>
    public long Events => Interlocked.Read(ref _events);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var wijkteam = rig.CaseSystems.Single(system => system.Organisation.Type == "wijkteam");
        var others = rig.CaseSystems.Where(system => system != wijkteam).ToList();

        await ReportAsync(rig.CaseSystems, Change.Started, "1", cancellationToken);
        foreach (var person in Enumerable.Range(0, persons))
        {
            foreach (var (viewer, holder) in rig.Organisations.SelectMany(viewer => rig.Organisations.Select(holder => (viewer, holder))))
            {
                if (MayKnow(viewer, holder) && !IsShielded(holder, person))
                {
                    ledger.Expect(new Fact(viewer.Oin.Value, IdOf(viewer, person), holder.Oin.Value, FactKind.Match, PhoneOf(holder, "1")));
                }
            }
        }

        await complete(cancellationToken);
        await ReportAsync([wijkteam], Change.Updated, "2", cancellationToken);
        Expect(others, wijkteam, FactKind.Changed, PhoneOf(wijkteam.Organisation, "2"));

        await complete(cancellationToken);
        await ReportAsync([wijkteam], Change.Ended, "2", cancellationToken);
        Expect(others, wijkteam, FactKind.Ended, "");

        await complete(cancellationToken);
        foreach (var person in Enumerable.Range(0, persons))
        {
            foreach (var (viewer, holder) in others.SelectMany(viewer => others.Select(holder => (viewer.Organisation, holder.Organisation))))
            {
                if (MayKnow(viewer, holder) && !IsShielded(holder, person))
                {
                    ledger.Allow(new Fact(viewer.Oin.Value, IdOf(viewer, person), holder.Oin.Value, FactKind.Ended, ""));
                }
            }
        }

        await ReportAsync(others, Change.Ended, "1", cancellationToken);
        await complete(cancellationToken);
    }

    private void Expect(IEnumerable<RigCaseSystem> viewers, RigCaseSystem holder, FactKind kind, string phone)
    {
        foreach (var viewer in viewers)
        {
            foreach (var person in Enumerable.Range(0, persons))
            {
                ledger.Expect(new Fact(viewer.Organisation.Oin.Value, IdOf(viewer.Organisation, person), holder.Organisation.Oin.Value, kind, phone));
            }
        }
    }

    private Task ReportAsync(IReadOnlyCollection<RigCaseSystem> systems, Change change, string phone, CancellationToken cancellationToken) =>
        Task.WhenAll(systems.Select(system => Parallel.ForEachAsync(
            Enumerable.Range(0, persons), new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken },
            async (person, ct) =>
            {
                var organisation = system.Organisation;
                var version = await system.ReportAsync(Report(organisation, person, change, phone), ct);
                ledger.Reported(organisation.Oin, IdOf(organisation, person), version);
                Interlocked.Increment(ref _events);
            })));

    private ReportInvolvementRequest Report(RigOrganisation organisation, int person, Change change, string phone)
    {
        var report = new ReportInvolvementRequest
        {
            ClientId = string.Create(CultureInfo.InvariantCulture, $"c{person}"),
            Change = change,
            InvolvementId = IdOf(organisation, person),
            Purpose = "betrokkenheid-jeugd",
            Actor = "p7",
            ActorRole = organisation.Role,
            AssertedFacts = Facts,
            Shielded = IsShielded(organisation, person),
        };
        if (change != Change.Ended)
        {
            report.Involvement = new Involvement { ContactDesk = "meldpunt", ContactPhone = PhoneOf(organisation, phone) };
        }

        return report;
    }

    private string IdOf(RigOrganisation organisation, int person) => string.Create(CultureInfo.InvariantCulture, $"{organisation.Type}-{number}-{person}");

    private static string PhoneOf(RigOrganisation organisation, string phone) => $"010-{organisation.Type.Length}00000{phone}";

    // The visibility matrix of the youth index for these four (domain.md, section 7): the police learn nothing of health.
    private static bool MayKnow(RigOrganisation viewer, RigOrganisation holder) => viewer != holder && (viewer.Type, holder.Type) is not ("politie", "ggd");

    private static bool IsShielded(RigOrganisation organisation, int person) => organisation.Type == "veilig-thuis" && person % 20 == 0;
}
