using System.Text;
using Keten.Fhir.Tests.Conformance;

namespace Keten.Fhir.Tests;

/// <summary>What npm <c>fhir-kit-client</c> gets over mTLS, through the gateway; the cases stand in <c>eng/npm/fhir-ask.mjs</c>, a function each.</summary>
[Collection(nameof(FhirFederation))]
public sealed class FhirKitClientTests(FhirFederation running, FhirKitClient client) : IClassFixture<FhirKitClient>
{
    public static TheoryData<string> Cases => [.. FhirKitClient.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Gets(string name)
    {
        Assert.SkipWhen(NodeTools.Missing is not null, NodeTools.Missing ?? "");
        var ended = await client.AskAsync(running, name);
        Assert.True(ended.Error is null, ended.Error);
        foreach (var answer in ended.Answers)
        {
            Assert.Empty(await running.Validator.ProblemsAsync(answer.ContentType, Encoding.UTF8.GetBytes(answer.Body), TestContext.Current.CancellationToken));
        }
    }
}
