using Google.Protobuf;
using Grpc.Core;
using Keten.Client.Pseudonyms;
using Keten.Identity;
using Keten.Oprf;
using Keten.Protocol.V1;
using Keten.Pseudonyms.Budgets;
using Keten.Pseudonyms.Evaluation;
using Keten.TestKit;
using Keten.TestKit.Pki;

namespace Keten.Pseudonyms.Tests;

/// <summary>Who may not, and what is not answered: each with its own reason, and nothing evaluated.</summary>
public sealed class RefusalTests
{
    private static readonly byte[] Point = OprfSuite.Verifiable.HashToGroup("x"u8).ToArray();

    [Fact]
    public async Task Who_may_not_process_the_bsn_is_refused_with_that_reason()
    {
        await using var evaluators = await TheEvaluators.StartAsync();
        var failure = await Assert.ThrowsAsync<PseudonymException>(() => evaluators.Source(TheEvaluators.CareAndSafetyHouse).EvaluateAsync([Some.Bsn], default));
        Assert.Equal("NOT_ENTITLED_TO_BSN", failure.ReasonCode);
        Assert.False(failure.IsTransient);

        Assert.Equal("PARTICIPANT_NOT_ACTIVE", await Some.ReasonAsync(async () => await evaluators.Client(TheEvaluators.Suspended).EvaluateAsync(Ask())));
        Assert.Equal("PARTICIPANT_UNKNOWN", await Some.ReasonAsync(async () => await evaluators.Client(88).EvaluateAsync(Ask())));
        Assert.Equal("PARTICIPANT_UNKNOWN", await Some.ReasonAsync(async () => await evaluators.Client(88).GetKeysAsync(new GetKeysRequest())));
        Assert.Empty(Evaluated(evaluators));
    }

    [Fact]
    public void The_types_that_may_are_those_of_the_policys_register()
    {
        var register = new YamlDotNet.Serialization.DeserializerBuilder().IgnoreUnmatchedProperties().Build()
            .Deserialize<Register>(File.ReadAllText(Path.Combine(Repository.Root, "src/PolicyBundles/keten/data/organisation-types.yaml")));
        Assert.Equal(
            register.Types.Where(t => t.Value.MayProcessBsn && t.Value.Participant).Select(t => t.Key).Order(StringComparer.Ordinal),
            BsnEntitlement.Types.Order(StringComparer.Ordinal));
        Assert.Equal(["zvh"], OrganisationTypes.Known.Except(BsnEntitlement.Types, StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_certificate_that_is_revoked_does_not_get_in()
    {
        await using var evaluators = await TheEvaluators.StartAsync();
        var client = evaluators.Client();
        await client.EvaluateAsync(Ask());
        evaluators.Federation.Authority.Revoke(TestFederation.OinOf(TheEvaluators.Wijkteam));
        await Within.SecondsAsync(10, async () => await Record.ExceptionAsync(async () => await client.EvaluateAsync(Ask())) is RpcException, "the connection to be cut");
    }

    [Fact]
    public async Task Batches_and_elements_that_are_none_are_refused_and_cost_nothing()
    {
        await using var evaluators = await TheEvaluators.StartAsync();
        var client = evaluators.Client();
        Assert.Equal("BATCH_SIZE_INVALID", await ReasonAsync(Ask(0)));
        Assert.Equal("BATCH_SIZE_INVALID", await ReasonAsync(Ask(1_001)));
        Assert.Equal("PSEUDONYM_KEY_UNKNOWN", await ReasonAsync(Ask(key: "k9")));
        Assert.Equal("PSEUDONYM_KEY_UNKNOWN", await ReasonAsync(Ask(key: "")));
        foreach (var bad in new byte[][] { [], new byte[33], [.. Point[..32]], [.. Point, 0], [4, .. Point[1..]], [2, .. Enumerable.Repeat((byte)0xff, 32)] })
        {
            var ask = Ask(2);
            ask.BlindedElements[1] = ByteString.CopyFrom(bad);
            Assert.Equal("ELEMENT_INVALID", await ReasonAsync(ask));
        }

        Assert.Empty(Evaluated(evaluators));

        async Task<string> ReasonAsync(EvaluateRequest ask) => await Some.ReasonAsync(async () => await client.EvaluateAsync(ask));
    }

    [Fact]
    public async Task Too_many_calls_a_second_are_told_to_come_back_and_the_client_does()
    {
        await using var evaluators = await TheEvaluators.StartAsync(("CallsPerSecond", "1"));
        var client = evaluators.Client();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Record.ExceptionAsync(async () => await client.EvaluateAsync(Ask())).AsTask()));
        Assert.Contains(answers, a => a is RpcException { StatusCode: StatusCode.Unavailable });
        Assert.StartsWith("k1.", (await evaluators.Source().EvaluateAsync([Some.Bsn], default))[0].Value);
    }

    [Fact]
    public async Task Live_keys_are_told_with_their_public_keys()
    {
        await using var evaluators = await TheEvaluators.StartAsync();
        var key = Assert.Single((await evaluators.Client().GetKeysAsync(new GetKeysRequest())).Keys);
        Assert.Equal(("k1", KeyState.Active, 0), (key.KeyId, key.State, key.Epoch));
        Assert.Equal(evaluators.Statement(TheEvaluators.First).Share("k1").PublicKey, key.PublicKey.ToByteArray());
    }

    [Fact]
    public async Task The_management_listener_has_health_and_evaluates_for_nobody()
    {
        await using var evaluators = await TheEvaluators.StartAsync();
        using var http = new HttpClient();
        Assert.Equal("Healthy", await http.GetStringAsync(new Uri(evaluators.Address(TheEvaluators.First, 1), "/healthz/live")));
        Assert.Equal("Healthy", await http.GetStringAsync(new Uri(evaluators.Address(TheEvaluators.First, 1), "/healthz/ready")));
        using var ask = new HttpRequestMessage(HttpMethod.Post, new Uri(evaluators.Address(TheEvaluators.First, 1), "/keten.pseudonym.v1.EvaluatorService/GetKeys"));
        using var answer = await http.SendAsync(ask);
        Assert.False(answer.Headers.TryGetValues("grpc-status", out var status) && status.Contains("0"));
        Assert.False(answer.Content.Headers.ContentType?.MediaType == "application/grpc" && answer.IsSuccessStatusCode);
    }

    private static IEnumerable<LedgerLine> Evaluated(TheEvaluators evaluators) =>
        LedgerFile.Read(evaluators.LogDirectory(TheEvaluators.First), LedgerFile.Day(TimeProvider.System.GetUtcNow()));

    private static EvaluateRequest Ask(int elements = 1, string key = "k1") =>
        new() { KeyId = key, BlindedElements = { Enumerable.Repeat(ByteString.CopyFrom(Point), elements) } };

    internal sealed class Register
    {
        [YamlDotNet.Serialization.YamlMember(Alias = "organisation_types")]
        public Dictionary<string, OrganisationType> Types { get; set; } = [];
    }

    internal sealed class OrganisationType
    {
        [YamlDotNet.Serialization.YamlMember(Alias = "bsn_authorised")]
        public bool MayProcessBsn { get; set; }

        [YamlDotNet.Serialization.YamlMember(Alias = "participant")]
        public bool Participant { get; set; }
    }
}
