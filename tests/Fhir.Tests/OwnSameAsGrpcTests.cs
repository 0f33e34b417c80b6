using System.Globalization;
using CsCheck;
using Google.Protobuf;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Keten.Client;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Fhir;
using Keten.Protocol.V1;
using Keten.TestKit;
using Organization = Hl7.Fhir.Model.Organization;
using Task = System.Threading.Tasks.Task;

namespace Keten.Fhir.Tests;

/// <summary>As <see cref="SameAsGrpcTests"/>, of what the gateway answers itself and of the logs.</summary>
[Collection(nameof(FhirFederation))]
public sealed class OwnSameAsGrpcTests(FhirFederation running)
{
    private static readonly (string Caller, string Role)[] Professionals =
        [.. Enumerable.Repeat(("wijkteam", "casusregisseur"), 3), ("vt", "onderzoeker"), ("gi", "jeugdbeschermer"), ("gi", "onderzoeker")];

    private static readonly (string Caller, string Role)[] Anybody = [("vt", "onderzoeker"), ("portaal", "inwoner"), ("gemeente", "jeugdconsulent")];

    private static readonly (string Caller, string Role)[] Portal =
        [.. Enumerable.Repeat(("portaal", "wettelijk-vertegenwoordiger"), 8), ("portaal", "inwoner"), ("vt", "onderzoeker")];

    private int _answered;
    private int _masked;
    private int _refused;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_is_involved()
    {
        var questions = Gen.Select(
            OneOf("noor", "noor", "sam", "sam", "mo"), OneOf(Professionals),
            Gen.Frequency((7, Gen.Const("betrokkenheid-jeugd")), (3, OneOf("betrokkenheid-volwassenen", "naw-hergebruik"))), Wanted(FhirCatalogue.CareTeam));
        await questions.SampleAsync(async (person, who, purpose, fields) =>
        {
            var ask = await running.InvolvedAsync(person) with { Purpose = purpose, ActorRole = who.Role, Fields = fields };
            await CompareAsync(
                FhirCatalogue.CareTeam, ask, who.Caller,
                async client => Told(await client.ListInvolvedAsync(ask, Stop), answer => answer.Where(i => i.Oin.Length > 0 || i.Involvement.CalculateSize() > 0)),
                async () => [.. (await SearchAsync(ask, who.Caller, "CareTeam", "")).SelectMany(r => OwnFacts.InvolvedOf((CareTeam)r))]);
        }, iter: 60, threads: 1);
        AssertVaried();
    }

    [Fact]
    public async Task The_directory()
    {
        var searches = OneOf<(string Query, SearchOrganisationsRequest Search)>(
            ("", new()), ("?characteristic=crisis-reachable", new() { CrisisReachable = true }), ("?_content=overleg", new() { Expertise = "overleg" }),
            ($"?coverage-area:identifier={FhirNames.RegionSystem}|r", new() { Region = "r" }), ("?_content=nothing+like+it", new() { Expertise = "nothing like it" }));
        var questions = Gen.Select(OneOf(Anybody), searches, Gen.Frequency((7, Gen.Const("expertise-vinden")), (3, Gen.Const("naw-hergebruik"))), Wanted(FhirCatalogue.Organization));
        await questions.SampleAsync(async (who, asked, purpose, fields) =>
        {
            // Without its number an organisation is told apart by its place in the whole list only.
            var search = fields?.Contains("organisation") == false ? ("", new()) : asked;
            var ask = FhirFederation.Directory() with { Purpose = purpose, ActorRole = who.Role, Fields = fields };
            await CompareAsync(
                FhirCatalogue.HealthcareService, ask, who.Caller, async client => Told(await client.SearchOrganisationsAsync(ask, search.Search, Stop), all => all),
                async () =>
                {
                    var offered = await SearchAsync(ask, who.Caller, "HealthcareService", search.Query);
                    var organisations = (await SearchAsync(ask, who.Caller, "Organization", "")).Cast<Organization>().ToList();
                    return [.. offered.Cast<HealthcareService>().Select((s, i) =>
                        OwnFacts.OrganisationOf(s.ProvidedBy is null ? organisations[i] : organisations.Single(o => o.Id == s.Id), s))];
                });
        }, iter: 60, threads: 1);
        AssertVaried();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("gemeente")]
    public async Task The_logs(string? target)
    {
        var until = await WithLinesAsync();
        var type = target is null ? FhirCatalogue.OwnAuditEvent : FhirCatalogue.AuditEvent;
        var questions = Gen.Select(OneOf("noor", "sam", "mo"), OneOf(Portal), Gen.Frequency((9, Gen.Const("inzage-betrokkene")), (1, Gen.Const("naw-hergebruik"))), Wanted(type));
        await questions.SampleAsync(async (person, who, purpose, fields) =>
        {
            var ask = await running.AccessAsync(person, target) with { Purpose = purpose, ActorRole = who.Role, Fields = fields };
            await CompareAsync(
                type, ask, who.Caller,
                async client => target is null
                    ? Told(await client.ListDecisionsAsync(ask, new ListDecisionsRequest { Until = until }, Stop), lines => lines.Where(l => l.CalculateSize() > 0))
                    : Told(await client.ListProcessingAsync(ask, new ListProcessingRequest { Until = until }, Stop), lines => lines.Where(l => l.CalculateSize() > 0)),
                async () => [.. (await SearchAsync(ask, who.Caller, "AuditEvent", $"?date=lt{until}")).Select(r => OwnFacts.LineOf((AuditEvent)r))]);
        }, iter: 60, threads: 1);
        AssertVaried();
    }

    /// <returns>A moment before which the logs do not change any more.</returns>
    private async Task<string> WithLinesAsync()
    {
        foreach (var person in new[] { "noor", "sam", "mo" })
        {
            using var http = running.Http("wijkteam", await running.ReuseAsync(person));
            using var answer = await http.GetAsync(new Uri("Patient", UriKind.Relative), Stop);
            var decision = running.LastDecision();
            await Within.SecondsAsync(10, () => !decision.Allowed || running.OutcomeOf(decision.DecisionId) is not null, "the outcome");
        }

        return running.Federation.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
    }

    private async Task CompareAsync<T>(
        FhirResourceType type, Ask ask, string caller, Func<KetenClient, Task<(List<T> Data, Disclosure Terms)>> grpc, Func<Task<List<T>>> fhir)
        where T : IMessage<T>
    {
        Assert.True(OperationCatalogue.Current.TryGet(type.OperationPath, out var operation));
        try
        {
            var (data, terms) = await grpc(running.Federation.Systems[caller].Gateway);
            Assert.Equal(data, await fhir());
            var masked = operation.Fields.Except(terms.Fields).Any();
            Assert.Equal(masked, _subsetted ?? masked);
            _answered++;
            _masked += masked ? 1 : 0;
        }
        catch (KetenException refused)
        {
            using var http = running.Http(caller, ask);
            using var answer = await http.GetAsync(new Uri(type.Name, UriKind.Relative), Stop);
            Assert.Equal(
                (FhirOutcome.HttpStatusOf(refused.ReasonCode, refused.Status), refused.ReasonCode), ((int)answer.StatusCode, answer.Headers.GetValues(KetenHeaders.Reason).Single()));
            _refused++;
        }
    }

    // Of the last search: null when nothing was found.
    private bool? _subsetted;

    private async Task<List<Resource>> SearchAsync(Ask ask, string caller, string type, string query)
    {
        using var http = running.Http(caller, ask);
        var found = new List<Resource>();
        for (var page = new Uri(type + query, UriKind.Relative); page is not null;)
        {
            using var answer = await http.GetAsync(page, Stop);
            var body = await answer.Content.ReadAsStringAsync(Stop);
            Assert.True(answer.IsSuccessStatusCode, body);
            var bundle = FhirJsonDeserializer.STRICT.Deserialize<Bundle>(body);
            found.AddRange(bundle.Entry.Select(e => e.Resource!));
            page = bundle.NextLink;
        }

        _subsetted = found.Count == 0 ? null : found.TrueForAll(r => r.Meta!.Tag.Exists(t => t.Code == "SUBSETTED"));
        return found;
    }

    private static (List<TItem> Data, Disclosure Terms) Told<TItem>(Answer<IReadOnlyList<TItem>> answer, Func<IEnumerable<TItem>, IEnumerable<TItem>> told) =>
        ([.. told(answer.Data)], answer.Disclosure);

    private void AssertVaried() =>
        Assert.True(_answered > 5 && _masked > 2 && _refused > 5, $"The generated questions were too much alike: {_answered} answered, {_masked} of them masked, {_refused} refused.");

    /// <summary>The fields to ask for; null: all.</summary>
    private static Gen<string[]?> Wanted(FhirResourceType type)
    {
        Assert.True(OperationCatalogue.Current.TryGet(type.OperationPath, out var operation));
        return Gen.Select(Gen.Bool.Array[operation.Fields.Count], Gen.Int[0, 3], (wanted, all) =>
            all == 0 || !wanted.Any(w => w) ? null : operation.Fields.Where((_, i) => wanted[i]).ToArray());
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
