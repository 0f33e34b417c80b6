using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Tests.Hosting;
using Keten.Protocol.V1;
using Microsoft.Extensions.DependencyInjection;
using static Keten.Adapters.Sdk.Tests.Hosting.ThePermit;

namespace Keten.Adapters.Sdk.Tests.Services;

/// <summary>The family plan and the crisis intake: from the port to what a purpose lets through.</summary>
public sealed class PlanAndCrisisTests
{
    private const string GetPlan = "/keten.plan.v1.PlanService/GetPlan";
    private const string GetCrisisIntakes = "/keten.crisis.v1.CrisisIntakeService/GetCrisisIntakes";

    private static readonly PlanItem Step = new()
    {
        PlanId = "P-1", Version = 3, Status = "active", LifeDomain = "veiligheid", Goal = "Rust in huis", Action = "Afkoelafspraak oefenen", ActionOwner = "Kwadrant",
        ActionDue = "2026-02-28", ActionStatus = "open", EvaluationDate = "2026-03-15", FamilyView = "Wij willen samen verder", AgreedByFamily = true,
    };

    private static readonly CrisisIntake Intake = new()
    {
        IntakeId = "CI-7", ReceivedAt = "2026-03-01T23:10:00Z", ReportingOrganisation = "Ziekenhuis", ReportingProfessional = "kinderarts dienst", CrisisLevel = "red",
        Criteria = { "letsel" }, Narrative = "Twee fracturen", ChildrenPresent = true, ImmediateDanger = true, Injury = true, SexualAbuseSuspected = false,
        WeaponPresent = false, PerpetratorAccess = "vader op bezoekuur", SafePlace = "Ziekenhuis, afdeling 4", ExpertiseNeeded = { "juridisch" }, ActionsTaken = "Opname",
        Decision = "overleg",
    };

    [Fact]
    public async Task A_plan_comes_whole_where_the_purpose_is_to_carry_it_out_together()
    {
        await using var adapter = Start();
        var answer = await Plans(adapter).GetPlanAsync(new GetPlanRequest(), Headers(PlanPermit()));
        Assert.Equal([Step, Step], answer.Items);
        Assert.Equal(["ALLOWED"], adapter.Disclosures().Select(d => d.Reason));
    }

    [Fact]
    public async Task Of_each_step_goes_what_triage_may_not_see()
    {
        await using var adapter = Start();
        var answer = await Plans(adapter).GetPlanAsync(new GetPlanRequest(), Headers(PlanPermit(p =>
        {
            (p.Purpose, p.ActorRole, p.Caller.OrganisationType) = ("veiligheid-beoordelen", "medewerker-triage", "veilig-thuis");
            p.AssertedFacts = Facts("{}");
        })));
        Assert.Equal(2, answer.Items.Count);
        Assert.All(answer.Items, item => Assert.False(
            item.HasVersion || item.HasActionDue || item.HasFamilyView || item.HasAgreedByFamily || item is not { Goal: "Rust in huis", ActionStatus: "open" }));
    }

    [Fact]
    public async Task A_core_party_reads_the_whole_intake_and_a_called_doctor_what_is_needed()
    {
        await using var adapter = Start();
        var whole = await Intakes(adapter).GetCrisisIntakesAsync(new GetCrisisIntakesRequest(), Headers(CrisisPermit("gecertificeerde-instelling", "crisismedewerker")));
        Assert.Equal([Intake], whole.Intakes);

        var part = await Intakes(adapter).GetCrisisIntakesAsync(new GetCrisisIntakesRequest(), Headers(CrisisPermit("ggd", "jeugdarts")));
        Assert.Equal(
            new CrisisIntake
            {
                IntakeId = "CI-7", CrisisLevel = "red", Criteria = { "letsel" }, ChildrenPresent = true, Injury = true, SafePlace = "Ziekenhuis, afdeling 4",
                ExpertiseNeeded = { "juridisch" },
            },
            Assert.Single(part.Intakes));
    }

    [Fact]
    public async Task At_a_lower_level_the_purpose_does_not_exist()
    {
        await using var adapter = Start();
        var permit = CrisisPermit("ggd", "jeugdarts", level: "green");
        Assert.Equal("CRISIS_LEVEL_TOO_LOW", await ReasonAsync(async () => await Intakes(adapter).GetCrisisIntakesAsync(new GetCrisisIntakesRequest(), Headers(permit))));
    }

    [Fact]
    public async Task Without_the_port_neither_is_offered()
    {
        await using var adapter = TheAdapter.Start();
        Assert.Equal("OPERATION_NOT_OFFERED", await ReasonAsync(async () => await Plans(adapter).GetPlanAsync(new GetPlanRequest(), Headers(PlanPermit()))));
        Assert.Equal("OPERATION_NOT_OFFERED", await ReasonAsync(async () => await Intakes(adapter).GetCrisisIntakesAsync(
            new GetCrisisIntakesRequest(), Headers(CrisisPermit("gecertificeerde-instelling", "crisismedewerker")))));
    }

    [Fact]
    public async Task Of_a_person_who_is_no_client_there_is_nothing()
    {
        await using var adapter = Start();
        var permit = PlanPermit(p => p.Subject = Keten.Contracts.Identifiers.Pseudonym.Create("k1", [.. Enumerable.Repeat((byte)7, 32)]).Value);
        Assert.Empty((await Plans(adapter).GetPlanAsync(new GetPlanRequest(), Headers(permit))).Items);
    }

    private static TheAdapter Start() => TheAdapter.Start(services => services.AddSingleton<IPlanSource, Source>().AddSingleton<ICrisisIntakeSource, Source>());

    private static PlanService.PlanServiceClient Plans(TheAdapter adapter) => new(adapter.GatewayDoor);

    private static CrisisIntakeService.CrisisIntakeServiceClient Intakes(TheAdapter adapter) => new(adapter.GatewayDoor);

    private static Decision PlanPermit(Action<Decision>? change = null) => For(GetPlan, p =>
    {
        (p.Purpose, p.ActorRole) = ("gezinsplan-uitvoeren", "jeugdprofessional");
        p.AssertedFacts = Facts("""{"subject_informed": true, "subject_age": 9, "consent": "given", "consent_by": ["parent", "guardian", "representative"]}""");
        change?.Invoke(p);
    });

    private static Decision CrisisPermit(string caller, string role, string level = "red") => For(GetCrisisIntakes, p =>
    {
        (p.Purpose, p.ActorRole) = ("crisis-afstemmen", role);
        (p.Caller.OrganisationType, p.Target.OrganisationType) = (caller, "veilig-thuis");
        p.AssertedFacts = Facts($$"""{"crisis_level": "{{level}}", "invited": true, "subject_age": 9}""");
    });

    private sealed class Source : IPlanSource, ICrisisIntakeSource
    {
        Task<IReadOnlyList<PlanItem>> IPlanSource.GetAsync(string clientId, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<PlanItem>>([Step.Clone(), Step.Clone()]);

        Task<IReadOnlyList<CrisisIntake>> ICrisisIntakeSource.GetAsync(string clientId, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<CrisisIntake>>([Intake.Clone()]);
    }
}
