using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.DecisionLog;

namespace Keten.Gateway.Tests.Management;

/// <summary>Questions beforehand, per OpenID AuthZEN Authorization API 1.0.</summary>
public sealed class AuthZenTests
{
    private const string Evaluation = "/access/v1/evaluation";
    private const string Evaluations = "/access/v1/evaluations";

    [Fact]
    public async Task Answers_yes_with_what_comes_with_it_and_records_the_question()
    {
        await using var it = await TheManagement.StartAsync();
        var (status, body, headers) = await it.PostAsync(Evaluation, Ask(), "req-17");
        Assert.Equal(200, status);
        Assert.True(body.GetProperty("decision").GetBoolean());
        var context = body.GetProperty("context");
        Assert.Contains("family_name", context.GetProperty("fields").EnumerateArray().Select(f => f.GetString()));
        Assert.Contains("log-disclosure", context.GetProperty("obligations").EnumerateArray().Select(o => o.GetProperty("id").GetString()));
        Assert.Equal(3650, context.GetProperty("retention_days").GetInt32());
        Assert.Equal("req-17", Assert.Single(headers.GetValues("X-Request-ID")));

        var record = Assert.Single(it.Records);
        Assert.Equal(("authzen", true, Evaluation), (record.EnforcementPoint, record.Allowed, record.Operation));
        Assert.Equal(record.DecisionId, context.GetProperty("decision_id").GetString());
        Assert.Equal(record.PolicyRevision, context.GetProperty("policy_revision").GetString());
        Assert.Equal(("wijkteam", "gemeente", TheManagement.Child), (record.Caller.OrganisationType, record.Target.OrganisationType, record.Subject));
        Assert.True(record.CallerInvolved && record.TargetInvolved);
    }

    [Fact]
    public async Task Answers_no_without_telling_whom_the_target_knows_and_whatever_the_asker_claims()
    {
        await using var it = await TheManagement.StartAsync();
        var (status, body, _) = await it.PostAsync(Evaluation, Ask(q =>
        {
            q["resource"]!["id"] = TheManagement.Stranger;
            q["context"]!["caller_involved"] = true;
            q["context"]!["target_involved"] = true;
        }));
        Assert.Equal(200, status);
        Assert.False(body.GetProperty("decision").GetBoolean());
        Assert.Equal("CALLER_NOT_INVOLVED", Assert.Single(it.Records).ReasonCode);
        Assert.Equal(it.Records[0].CallerCode, Assert.Single(body.GetProperty("context").GetProperty("reason_admin").EnumerateObject()).Name);
        Assert.NotEmpty(body.GetProperty("context").GetProperty("reason_user").GetProperty("nl").GetString()!);
    }

    [Fact]
    public async Task Type_and_status_come_from_the_registry()
    {
        await using var it = await TheManagement.StartAsync();
        var (_, body, _) = await it.PostAsync(Evaluation, Ask(q =>
        {
            q["subject"]!["id"] = TheManagement.Suspended;
            q["subject"]!["properties"]!["status"] = "active";
            q["subject"]!["properties"]!["organisation_type"] = "wijkteam";
        }));
        Assert.False(body.GetProperty("decision").GetBoolean());
        Assert.Equal("PARTICIPANT_NOT_ACTIVE", it.Records.Single().ReasonCode);
        Assert.Equal("gemeente", it.Records.Single().Caller.OrganisationType);
    }

    [Theory]
    [InlineData("subject", "id", "00000099000000009999", "PARTICIPANT_UNKNOWN")]
    [InlineData("subject", "id", "x", "PARTICIPANT_UNKNOWN")]
    [InlineData("subject", "type", "user", "PARTICIPANT_UNKNOWN")]
    [InlineData("resource", "type", "kermis", "UNKNOWN_CATEGORY")]
    [InlineData("action", "name", "delete", "UNKNOWN_OPERATION")]
    public async Task What_is_not_known_is_a_no_of_its_own(string part, string name, string value, string code)
    {
        await using var it = await TheManagement.StartAsync();
        var (status, body, _) = await it.PostAsync(Evaluation, Ask(q => q[part]![name] = value));
        Assert.Equal(200, status);
        Assert.False(body.GetProperty("decision").GetBoolean());
        Assert.Equal(code, it.Records.Single().ReasonCode);
    }

    [Theory]
    [InlineData("subject.type", "subject", "type")]
    [InlineData("subject.id", "subject", "id")]
    [InlineData("resource.type", "resource", "type")]
    [InlineData("resource.id", "resource", "id")]
    [InlineData("action.name", "action", "name")]
    public async Task A_request_without_a_required_part_is_400_and_says_which(string says, string part, string name)
    {
        await using var it = await TheManagement.StartAsync();
        foreach (var change in new Action<JsonNode>[]
        {
            q => q[part]!.AsObject().Remove(name), q => q[part]![name] = 3, q => q[part]![name] = "", q => q[part]![name] = null, q => q.AsObject().Remove(part),
            q => q[part] = "text", q => q[part]![name] = new string('x', 300),
        })
        {
            var (status, body, headers) = await it.PostAsync(Evaluation, Ask(change), "id");
            Assert.Equal(400, status);
            Assert.StartsWith(says.Split('.')[0], body.GetString(), StringComparison.Ordinal);
            Assert.Equal("id", Assert.Single(headers.GetValues("X-Request-ID")));
        }

        Assert.Empty(it.Records);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("nothing")]
    [InlineData("{\"subject\":1,\"subject\":2}")]
    public async Task What_is_no_json_object_is_400(string body)
    {
        await using var it = await TheManagement.StartAsync();
        Assert.Equal(400, (await it.PostAsync(Evaluation, body)).Status);
        Assert.Equal(400, (await it.PostAsync(Evaluations, body)).Status);
    }

    [Fact]
    public async Task Another_content_type_is_400_and_too_much_is_413()
    {
        await using var it = await TheManagement.StartAsync();
        using var text = new StringContent(Ask(), Encoding.UTF8, "text/plain");
        Assert.Equal(400, (int)(await it.Http.PostAsync(Evaluation, text, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(413, (await it.PostAsync(Evaluation, Ask(q => q["x"] = new string('x', 300_000)))).Status);
    }

    [Fact]
    public async Task Fields_nobody_knows_are_ignored_and_facts_of_the_wrong_type_are_not()
    {
        await using var it = await TheManagement.StartAsync();
        Assert.Equal(200, (await it.PostAsync(Evaluation, Ask(q =>
        {
            q["extra"] = 1;
            q["context"]!["ip"] = "10.0.0.1";
            q["context"]!["mim"] = new JsonObject { ["a"] = 1 };
            q["context"]!["supported_obligations"] = new JsonArray("custom");
        }))).Status);
        Assert.Equal(400, (await it.PostAsync(Evaluation, Ask(q => q["context"]!["subject_age"] = "eight"))).Status);
    }

    [Theory]
    [InlineData("execute_all", 3)]
    [InlineData("deny_on_first_deny", 2)]
    [InlineData("permit_on_first_permit", 1)]
    public async Task A_batch_takes_defaults_as_whole_objects_and_ends_as_its_semantic_says(string semantic, int answered)
    {
        await using var it = await TheManagement.StartAsync();
        var (status, body, _) = await it.PostAsync(Evaluations, Ask(q =>
        {
            q["options"] = new JsonObject { ["evaluations_semantic"] = semantic };
            q["evaluations"] = new JsonArray(
                new JsonObject(),
                new JsonObject { ["action"] = new JsonObject { ["name"] = "delete" } },
                new JsonObject { ["resource"] = new JsonObject { ["type"] = "naw", ["id"] = TheManagement.Child } });
        }));
        Assert.Equal(200, status);
        var decisions = body.GetProperty("evaluations").EnumerateArray().Select(e => e.GetProperty("decision").GetBoolean()).ToArray();
        Assert.Equal(new[] { true, false, false }[..answered], decisions);
        Assert.Equal(answered, it.Records.Count);
    }

    [Fact]
    public async Task In_a_batch_what_is_no_evaluation_is_a_no_and_the_others_are_answered()
    {
        await using var it = await TheManagement.StartAsync();
        var (status, body, _) = await it.PostAsync(Evaluations, Ask(q =>
        {
            q.AsObject().Remove("resource");
            q["evaluations"] = new JsonArray(new JsonObject(), 3, new JsonObject { ["resource"] = JsonNode.Parse(Ask())!["resource"]!.DeepClone() });
        }));
        Assert.Equal(200, status);
        var answers = body.GetProperty("evaluations").EnumerateArray().ToArray();
        Assert.Equal([false, false, true], answers.Select(a => a.GetProperty("decision").GetBoolean()));
        Assert.Equal(400, answers[0].GetProperty("context").GetProperty("error").GetProperty("status").GetInt32());
        Assert.StartsWith("resource", answers[0].GetProperty("context").GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_batch_without_evaluations_is_an_evaluation(bool empty)
    {
        await using var it = await TheManagement.StartAsync();
        var (status, body, _) = await it.PostAsync(Evaluations, Ask(q =>
        {
            if (empty)
            {
                q["evaluations"] = new JsonArray();
            }
        }));
        Assert.Equal(200, status);
        Assert.True(body.GetProperty("decision").GetBoolean());
    }

    [Fact]
    public async Task A_batch_that_is_too_long_or_of_an_unknown_semantic_is_400()
    {
        await using var it = await TheManagement.StartAsync();
        Assert.Equal(400, (await it.PostAsync(Evaluations, Ask(q => q["evaluations"] = new JsonArray([.. Enumerable.Range(0, 101).Select(_ => new JsonObject())])))).Status);
        Assert.Equal(400, (await it.PostAsync(Evaluations, Ask(q => q["evaluations"] = "all"))).Status);
        Assert.Equal(400, (await it.PostAsync(Evaluations, Ask(q => q["options"] = new JsonObject { ["evaluations_semantic"] = "best" }))).Status);
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_not_answered()
    {
        await using var it = await TheManagement.StartAsync();
        it.LogFault = new IOException("disk full");
        var (status, body, _) = await it.PostAsync(Evaluation, Ask());
        Assert.Equal(503, status);
        Assert.DoesNotContain("disk full", body.GetString(), StringComparison.Ordinal);
        it.LogFault = new BsnInRecordException("actor");
        Assert.Equal(400, (await it.PostAsync(Evaluation, Ask())).Status);
    }

    [Fact]
    public async Task The_configuration_names_the_endpoints()
    {
        await using var it = await TheManagement.StartAsync();
        using var document = JsonDocument.Parse(await it.Http.GetStringAsync("/.well-known/authzen-configuration", TestContext.Current.CancellationToken));
        var self = it.Http.BaseAddress!.ToString().TrimEnd('/');
        Assert.Equal(self, document.RootElement.GetProperty("policy_decision_point").GetString());
        Assert.Equal(self + Evaluation, document.RootElement.GetProperty("access_evaluation_endpoint").GetString());
        Assert.Equal(self + Evaluations, document.RootElement.GetProperty("access_evaluations_endpoint").GetString());
    }

    [Fact]
    public async Task A_get_is_not_allowed_and_nothing_from_this_port_is_forwarded()
    {
        await using var it = await TheManagement.StartAsync();
        Assert.Equal(405, (int)(await it.Http.GetAsync(Evaluation, TestContext.Current.CancellationToken)).StatusCode);
        var other = await it.Http.GetAsync("/keten.person.v1.PersonService/GetPerson", TestContext.Current.CancellationToken);
        Assert.Equal(404, (int)other.StatusCode);
        Assert.DoesNotContain("forwarded", await other.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static string Ask(Action<JsonNode>? change = null)
    {
        var question = JsonNode.Parse($$"""
            {
              "subject": {"type": "organisation", "id": "{{TheManagement.Wijkteam}}", "properties": {"role": "wijkcoach", "actor": "mw-17"} },
              "action": {"name": "read", "properties": {"processing_activity_id": "urn:keten:purpose:naw-hergebruik"} },
              "resource": {"type": "naw", "id": "{{TheManagement.Child}}", "properties": {"organisation": "{{TheManagement.Gemeente}}"} },
              "context": {"purpose": "naw-hergebruik", "time": "2026-03-01T09:00:00Z", "subject_informed": true}
            }
            """)!;
        change?.Invoke(question);
        return question.ToJsonString();
    }
}
