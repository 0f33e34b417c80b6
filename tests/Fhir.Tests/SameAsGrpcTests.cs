using CsCheck;
using Google.Protobuf;
using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Hl7.Fhir.Serialization;
using Keten.Client;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Fhir;
using Keten.Protocol.V1;
using Task = System.Threading.Tasks.Task;

namespace Keten.Fhir.Tests;

/// <summary>The same question over gRPC and over FHIR: the same facts, the same masks, the same terms, or the same refusal. Over generated questions.</summary>
[Collection(nameof(FhirFederation))]
public sealed class SameAsGrpcTests(FhirFederation running)
{
    private static readonly string[] Purposes = ["veiligheid-beoordelen", "naw-hergebruik", "crisis-afstemmen", "casusregie-vinden", "zicht-op-veiligheid", "no-such-purpose"];

    private static readonly string[] Persons = ["noor", "sam", "mo"];

    private static readonly string[] Facts =
        ["{}", """{"subject_informed": true, "subject_age": 9}""", """{"subject_informed": true, "subject_age": 12, "consent": "given"}""", """{"crisis_level": "red", "subject_age": 9}"""];

    private int _allowed;
    private int _masked;
    private int _refused;

    [Fact]
    public async Task Name_and_address() => await CompareAsync(
        FhirCatalogue.Patient,
        async ask => await running.Federation.Systems["vt"].Gateway.GetPersonAsync(ask) is var answer ? ([answer.Data], answer.Disclosure) : default,
        resource => FhirFacts.PersonOf((Patient)resource));

    [Fact]
    public async Task Household() => await CompareAsync(
        FhirCatalogue.RelatedPerson,
        async ask => await running.Federation.Systems["vt"].Gateway.GetHouseholdAsync(ask) is var answer ? (answer.Data, answer.Disclosure) : default,
        resource => FhirFacts.RelationOf((RelatedPerson)resource));

    [Fact]
    public async Task Involvement() => await CompareAsync(
        FhirCatalogue.EpisodeOfCare,
        async ask => await running.Federation.Systems["vt"].Gateway.GetInvolvementAsync(ask) is var answer ? (answer.Data, answer.Disclosure) : default,
        resource => FhirFacts.InvolvementOf((EpisodeOfCare)resource));

    private async Task CompareAsync<T>(FhirResourceType type, Func<Ask, Task<(IReadOnlyList<T> Data, Disclosure Terms)>> grpc, Func<Resource, T> facts)
        where T : IMessage<T>
    {
        Assert.True(OperationCatalogue.Current.TryGet(type.OperationPath, out var operation));
        var fields = operation.Fields;
        var questions = Gen.Select(
            OneOf(Persons), Gen.Frequency((6, Gen.Const(Purposes[0])), (4, OneOf(Purposes))), OneOf(Facts), Gen.Bool.Array[fields.Count], Gen.Int[0, 3]);
        await questions.SampleAsync(async (person, purpose, asserted, wanted, all) =>
        {
            var ask = await running.SafetyAsync(person) with
            {
                Purpose = purpose,
                Facts = CaseFacts.TryParse(asserted, out var parsed, out var fault) ? parsed : throw new ArgumentException(fault),
                Fields = all == 0 || !wanted.Any(w => w) ? null : [.. fields.Where((_, i) => wanted[i])],
            };
            await CompareAsync(type, ask, grpc, facts, fields);
        }, iter: 60, threads: 1);
        Assert.True(_allowed > 5 && _masked > 2 && _refused > 5, $"The generated questions were too much alike: {_allowed} answered, {_masked} of them masked, {_refused} refused.");
    }

    private async Task CompareAsync<T>(
        FhirResourceType type, Ask ask, Func<Ask, Task<(IReadOnlyList<T> Data, Disclosure Terms)>> grpc, Func<Resource, T> facts, IReadOnlyList<string> fields)
        where T : IMessage<T>
    {
        using var http = running.Http(ask: ask);
        using var answer = await http.GetAsync(type.Name, TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        try
        {
            var (data, terms) = await grpc(ask);
            Assert.True(answer.IsSuccessStatusCode, body);
            var resources = FhirJsonDeserializer.DEFAULT.Deserialize<Bundle>(body).Entry.Select(e => e.Resource!).ToList();
            Assert.Equal(data.Where(d => d.CalculateSize() > 0), resources.Select(facts));

            var told = Disclosure.Parser.ParseFrom(Convert.FromBase64String(Padded(answer.Headers.GetValues(KetenHeaders.Disclosure).Single())));
            told.DecisionId = terms.DecisionId;
            Assert.Equal(terms, told);

            var masked = fields.Except(terms.Fields).Any();
            Assert.All(resources, r => Assert.Equal(masked, r.Meta!.Tag.Any(t => t.Code == "SUBSETTED")));
            _allowed++;
            _masked += masked ? 1 : 0;
        }
        catch (KetenException refused)
        {
            Assert.False(answer.IsSuccessStatusCode, body);
            var issue = FhirJsonDeserializer.DEFAULT.Deserialize<OperationOutcome>(body).Issue[0];
            Assert.Equal((refused.ReasonCode, FhirOutcome.HttpStatusOf(refused.ReasonCode, refused.Status)), (issue.Details!.Coding[0].Code, (int)answer.StatusCode));
            _refused++;
        }
    }

    private static Gen<string> OneOf(string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static string Padded(string text) => text.PadRight((text.Length + 3) & ~3, '=');
}
