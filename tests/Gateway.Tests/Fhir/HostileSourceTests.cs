using System.Globalization;
using System.Text;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Fhir;
using Keten.Gateway.Fhir.Bundles;
using Keten.Gateway.Pipeline;
using Keten.Gateway.Tests.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Task = System.Threading.Tasks.Task;

namespace Keten.Gateway.Tests.Fhir;

/// <summary>A search that brings a Patient along, of an organisation that answers the second question with whatever it likes.</summary>
public sealed class HostileSourceTests : IDisposable
{
    private const string Found = """
        {"resourceType":"Bundle","type":"searchset","link":[{"relation":"self","_url":{"extension":[{"url":"https://x.example/y","valueCode":"z"}]}}],
         "entry":[{"resource":{"resourceType":"RelatedPerson","id":"a","patient":{"display":"x"}},"search":{"mode":"match"}}]}
        """;

    private readonly FakeTimeProvider _time = new(Calls.Moment);
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly List<string> _asked = [];

    public static TheoryData<string> Garbage =>
    [
        "", "[]", "null", "{", "\"\\ud800\"", "{\"resourceType\":\"Patient\"}", "{\"resourceType\":\"Bundle\"}", "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":{}}",
        "<Bundle/>", "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"type\":\"searchset\"}", string.Concat(Enumerable.Repeat("[", 10_000)), new string(' ', 2_000_000),
    ];

    public void Dispose() => _services.Dispose();

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Garbage_of_one_is_an_outcome_in_the_bundle_and_takes_nothing_of_the_rest(string garbage)
    {
        var bundle = await AskAsync(Encoding.UTF8.GetBytes(garbage));
        Assert.Equal(["RelatedPerson", "OperationOutcome"], bundle.Entry.Select(e => e.Resource!.TypeName));
        var code = ((OperationOutcome)bundle.Entry[1].Resource!).Issue[0].Details!.Coding[0].Code;
        Assert.Equal(garbage.Length > CollectedResponse.MaxBytes ? FhirRefusals.BundleIncomplete.Code : Refusals.TargetNotReachable.Code, code);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_no_answer()
    {
        var bundle = await AskAsync([.. "{\"resourceType\":\"Bundle\",\"type\":\""u8, 0xFF, .. "\"}"u8]);
        Assert.Equal("OperationOutcome", bundle.Entry[1].Resource!.TypeName);
    }

    [Fact]
    public async Task What_the_source_says_of_decisions_is_not_believed_and_long_terms_are_left_out()
    {
        var bundle = await AskAsync(Encoding.UTF8.GetBytes(Found), new string('A', 60_000));
        Assert.Equal(2, bundle.Entry.Count);
        Assert.Equal("its-own", bundle.Entry[1].GetExtensionValue<Id>(FhirNames.ExtensionRoot + "decision")!.Value);
        Assert.Null(bundle.Meta);
    }

    [Fact]
    public async Task A_question_after_the_deadline_is_not_put()
    {
        var bundle = await AskAsync(Encoding.UTF8.GetBytes(Found), afterFirst: () => _time.Advance(TimeSpan.FromSeconds(31)));
        Assert.Single(_asked);
        Assert.Equal(Refusals.DeadlinePassed.Code, ((OperationOutcome)bundle.Entry[1].Resource!).Issue[0].Details!.Coding[0].Code);
    }

    private async Task<Bundle> AskAsync(byte[] second, string? terms = null, Action? afterFirst = null)
    {
        var http = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
        Assert.Null(FhirRequest.Read("GET", $"/{Calls.Gemeente.Oin}/fhir/RelatedPerson", "_include=RelatedPerson:patient", null, null, out var asked));
        var call = Calls.Of(http);
        call.Fhir = asked;

        var questions = new SubQuestions(_services.GetRequiredService<IServiceScopeFactory>(), OperationCatalogue.Current);
        var app = new ApplicationBuilder(_services);
        questions.Attach(app);
        app.Run(async sub =>
        {
            _asked.Add(sub.Request.Path);
            var first = _asked.Count == 1;
            sub.Features.Set(new Call(sub, "its-own", Calls.Moment));
            sub.Response.Headers[KetenHeaders.Disclosure] = terms;
            try
            {
                await sub.Response.Body.WriteAsync(first ? Encoding.UTF8.GetBytes(Found) : second);
            }
            catch (IOException)
            {
                // As YARP does: it tells in a feature, and throws nothing.
            }

            afterFirst?.Invoke();
        });
        app.Build();
        await new FhirIncludes(questions).AnswerAsync(new BundleDraft(call, _time));
        http.Response.Body.Position = 0;
        return FhirJsonDeserializer.DEFAULT.Deserialize<Bundle>(await new StreamReader(http.Response.Body).ReadToEndAsync(TestContext.Current.CancellationToken));
    }
}
