using System.Net;
using System.Text;
using CsCheck;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Keten.Adapters.Sdk.Fhir.Subscriptions;
using Keten.Adapters.Sdk.Tests.Hosting;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Microsoft.Extensions.Logging;
using static Hl7.Fhir.Model.Subscription;
using Task = System.Threading.Tasks.Task;

namespace Keten.Adapters.Sdk.Tests.Fhir.Subscriptions;

/// <summary>Whatever comes in: an OperationOutcome with the right status that repeats nothing of it, nothing kept, no error in the log.</summary>
public sealed class SubscriptionBadInputTests : IAsyncDisposable
{
    private const string Xml = "application/fhir+xml";
    private const string Open = "<Subscription xmlns=\"http://hl7.org/fhir\">";
    private const string Rest = "<status value=\"requested\"/><reason value=\"r\"/><criteria value=\"CareTeam?\"/><channel><type value=\"rest-hook\"/><endpoint value=\"https://a.example/\"/></channel>";

    private readonly TheAdapter _adapter = TheAdapter.Start();

    public async ValueTask DisposeAsync()
    {
        Assert.DoesNotContain(_adapter.Log.Lines, line => line.Level >= LogLevel.Error);
        await _adapter.DisposeAsync();
    }

    public static TheoryData<string> BrokenJson =>
    [
        "", "null", "[]", "{", "{}", "\"Subscription\"", "\ufeff", "{\"resourceType\":\"Subscription\"}", "{\"resourceType\":\"Patient\"}", "{\"resourceType\":\"Nonsense\"}",
        Json("\"unknown\":1"), Json("\"status\":\"requested\""), Json("\"error\":1"), Json("\"end\":\"tomorrow\""), Json("\"end\":\"2027-01-01\""), Json("\"end\":\"2027-02-30T00:00:00Z\""), Json("\"end\":\"0000-01-01T00:00:00Z\""), Json("\"end\":\"2027-01-01T00:00:60Z\""), Json("\"end\":\"2027-01-01T00:00:00\""), Json("\"end\":\"9999-12-31T23:59:59-14:00\""), Json("\"status2\":{}"), Json("\"reason\":[\"r\"]"),
        Json("\"_reason\":{\"nonsense\":1}"), Json("\"a\":1") + "{}", Json("/* comment */\"id\":\"x\""), Json("\"meta\":{\"nonsense\":[]}"),
        Json($"\"extension\":{string.Concat(Enumerable.Repeat("[{\"extension\":", 1_000))}"), Json($"\"contained\":{new string('[', 5_000)}"), Json($"\"a\":{Deep}"),
    ];

    public static TheoryData<string> BrokenXml =>
    [
        "", "<", "<Subscription/>", $"{Open}", $"{Open}{Rest}", $"{Open}{Rest}<unknown value=\"1\"/></Subscription>", $"{Open}{Rest}</Subscription><a/>",
        $"<Patient xmlns=\"http://hl7.org/fhir\"/>", $"<Subscription>{Rest}</Subscription>", $"{Open}{Rest}<status value=\"off\"/></Subscription>", $"{Open}{Rest}text</Subscription>",
        $"<!DOCTYPE a>{Open}{Rest}</Subscription>",
        $"<!DOCTYPE a [<!ENTITY f SYSTEM \"file:///etc/passwd\">]>{Open}{Rest.Replace("\"r\"", "\"&f;\"", StringComparison.Ordinal)}</Subscription>",
        $"<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;\">]>{Open}<reason value=\"&d;&d;&d;\"/></Subscription>",
        Open + string.Concat(Enumerable.Repeat("<extension url=\"a\">", 800)), Open + string.Concat(Enumerable.Repeat("<a>", 5_000)),
        $"{Open}{string.Concat(Enumerable.Repeat("<contained><List>", 400))}{string.Concat(Enumerable.Repeat("</List></contained>", 400))}{Rest}</Subscription>",
    ];

    /// <summary>Well-formed, and not something there is.</summary>
    public static TheoryData<string, Action<Subscription>> Refused => new()
    {
        { "FHIR_SUBSCRIPTION_PAYLOAD_REFUSED", s => s.Channel.Payload = "application/fhir+json" },
        { "FHIR_SUBSCRIPTION_PAYLOAD_REFUSED", s => s.Channel.Payload = "text/plain" },
        { "FHIR_SUBSCRIPTION_CHANNEL_UNSUPPORTED", s => s.Channel.Type = SubscriptionChannelType.Websocket },
        { "FHIR_SUBSCRIPTION_CHANNEL_UNSUPPORTED", s => s.Channel.Type = SubscriptionChannelType.Email },
        { "FHIR_SUBSCRIPTION_CHANNEL_UNSUPPORTED", s => s.Channel.Type = SubscriptionChannelType.Sms },
        { "FHIR_SUBSCRIPTION_CHANNEL_UNSUPPORTED", s => s.Channel.Type = SubscriptionChannelType.Message },
        { "FHIR_SUBSCRIPTION_CRITERIA_UNKNOWN", s => s.Criteria = "Observation?" },
        { "FHIR_SUBSCRIPTION_CRITERIA_UNKNOWN", s => s.Criteria = "CareTeam?patient=Patient/1" },
        { "FHIR_SUBSCRIPTION_CRITERIA_UNKNOWN", s => s.Criteria = "careteam?" },
        { "FHIR_SUBSCRIPTION_CRITERIA_UNKNOWN", s => s.Criteria = "Patient?identifier=http://fhir.nl/fhir/NamingSystem/bsn|999912112" },
        { "FHIR_SUBSCRIPTION_CRITERIA_UNKNOWN", s => s.Criteria = "*" },
        { "FHIR_SUBSCRIPTION_ENDPOINT_REFUSED", s => s.Channel.Endpoint = "http://zaaksysteem.example/told" },
        { "FHIR_SUBSCRIPTION_ENDPOINT_REFUSED", s => s.Channel.Endpoint = "http://10.0.0.1/told" },
        { "FHIR_SUBSCRIPTION_ENDPOINT_REFUSED", s => s.Channel.Endpoint = "http://localhost.example/told" },
        { "FHIR_SUBSCRIPTION_ENDPOINT_REFUSED", s => s.Channel.Endpoint = "https://user:password@a.example/" },
        { "FHIR_SUBSCRIPTION_ENDPOINT_REFUSED", s => s.Channel.Endpoint = "https://a.example/#x" },
        { "FHIR_SUBSCRIPTION_ENDPOINT_REFUSED", s => s.Channel.Endpoint = "/told" },
        { "FHIR_SUBSCRIPTION_ENDPOINT_REFUSED", s => s.Channel.Endpoint = "file:///etc/passwd" },
        { "FHIR_SUBSCRIPTION_ENDPOINT_REFUSED", s => s.Channel.Endpoint = "ws://localhost/" },
        { "FHIR_SUBSCRIPTION_ENDPOINT_REFUSED", s => s.Channel.Endpoint = "https://xn--é.nl/" },
        { "FHIR_SUBSCRIPTION_ENDPOINT_REFUSED", s => s.Channel.Endpoint = null },
        { "FHIR_SUBSCRIPTION_ENDPOINT_REFUSED", s => s.Channel.Endpoint = "https://a.example/" + new string('a', 500) },
        { "FHIR_SUBSCRIPTION_HEADER_REFUSED", s => s.Channel.Header = ["Host: other.example"] },
        { "FHIR_SUBSCRIPTION_HEADER_REFUSED", s => s.Channel.Header = ["Content-Length: 5"] },
        { "FHIR_SUBSCRIPTION_HEADER_REFUSED", s => s.Channel.Header = ["Authorization"] },
        { "FHIR_SUBSCRIPTION_HEADER_REFUSED", s => s.Channel.Header = ["Authorization:"] },
        { "FHIR_SUBSCRIPTION_HEADER_REFUSED", s => s.Channel.Header = ["X-A b: c"] },
        { "FHIR_SUBSCRIPTION_HEADER_REFUSED", s => s.Channel.Header = ["X-A: b\r\nHost: other.example"] },
        { "FHIR_SUBSCRIPTION_HEADER_REFUSED", s => s.Channel.Header = ["X-A: b", "x-a: c"] },
        { "FHIR_SUBSCRIPTION_HEADER_REFUSED", s => s.Channel.Header = ["X-A: " + new string('b', 1_001)] },
        { "FHIR_SUBSCRIPTION_HEADER_REFUSED", s => s.Channel.Header = [.. Enumerable.Range(0, 6).Select(i => $"X-A{i}: b")] },
        { "FHIR_SUBSCRIPTION_STATUS_REFUSED", s => s.Status = SubscriptionStatus.Active },
        { "FHIR_SUBSCRIPTION_STATUS_REFUSED", s => s.Status = SubscriptionStatus.Error },
        { "FHIR_SUBSCRIPTION_END_PASSED", s => s.End = ThePermit.Moment },
        { "FHIR_SUBSCRIPTION_NUMBER_INSIDE", s => s.Reason = "over 999912112" },
        { "FHIR_SUBSCRIPTION_NUMBER_INSIDE", s => s.Channel.Endpoint = "https://a.example/999912112" },
        { "FHIR_SUBSCRIPTION_ELEMENT_UNSUPPORTED", s => s.Contact = [new ContactPoint { System = ContactPoint.ContactPointSystem.Phone, Value = "ext 4123" }] },
        { "FHIR_SUBSCRIPTION_ELEMENT_UNSUPPORTED", s => s.AddExtension("http://a.example", new FhirString("x")) },
        { "FHIR_SUBSCRIPTION_ELEMENT_UNSUPPORTED", s => s.ReasonElement!.AddExtension("http://a.example", new FhirString("x")) },
        { "FHIR_SUBSCRIPTION_ELEMENT_UNSUPPORTED", s => s.CriteriaElement!.ElementId = "x" },
        { "FHIR_SUBSCRIPTION_ELEMENT_UNSUPPORTED", s => s.Channel.AddExtension("http://a.example", new FhirString("x")) },
        { "FHIR_SUBSCRIPTION_ELEMENT_UNSUPPORTED", s => s.Channel.HeaderElement = [new FhirString("X-A: b") { ElementId = "x" }] },
        { "FHIR_SUBSCRIPTION_ELEMENT_UNSUPPORTED", s => s.Language = "nl" },
        { "FHIR_SUBSCRIPTION_ELEMENT_UNSUPPORTED", s => s.Meta = new Meta { Profile = ["http://a.example"] } },
        { "FHIR_SUBSCRIPTION_ELEMENT_UNSUPPORTED", s => s.Contained = [new Basic { Id = "x", Code = new CodeableConcept("http://a.example", "a") }] },
    };

    [Theory]
    [MemberData(nameof(BrokenJson))]
    public Task Json_that_is_no_subscription_is_refused(string body) => RefusedAsync(Encoding.UTF8.GetBytes(body), "application/fhir+json", HttpStatusCode.BadRequest, "FHIR_RESOURCE_INVALID");

    [Theory]
    [MemberData(nameof(BrokenXml))]
    public Task Xml_that_is_no_subscription_is_refused_and_no_entity_is_looked_up(string body) => RefusedAsync(Encoding.UTF8.GetBytes(body), Xml, HttpStatusCode.BadRequest, "FHIR_RESOURCE_INVALID");

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_is_not_there_is_refused_with_its_reason_in_json_and_in_xml(string reason, Action<Subscription> change)
    {
        var asked = TheCaseSystem.Some();
        change(asked);
        await RefusedAsync(new FhirJsonSerializer().SerializeToBytes(asked), "application/fhir+json", HttpStatusCode.UnprocessableEntity, reason);
        await RefusedAsync(new FhirXmlSerializer().SerializeToBytes(asked), Xml, HttpStatusCode.UnprocessableEntity, reason);
    }

    [Theory]
    [InlineData(1 << 20)]
    [InlineData((16 << 10) + 1)]
    public Task A_body_that_is_too_long_is_not_read_to_its_end(int length) =>
        RefusedAsync(Encoding.UTF8.GetBytes(Json($"\"reason\":\"{new string('a', length)}\"")), "application/fhir+json", HttpStatusCode.RequestEntityTooLarge, "FHIR_BODY_TOO_LARGE");

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json-patch+json")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/fhir+json; fhirVersion=5.0")]
    [InlineData("application/fhir+json; charset=utf-16")]
    public Task Another_media_type_is_refused(string type) => RefusedAsync("{}"u8.ToArray(), type, HttpStatusCode.UnsupportedMediaType, "FHIR_MEDIA_TYPE_UNSUPPORTED");

    [Theory]
    [InlineData("W/\"")]
    [InlineData("W/\"\"")]
    [InlineData("\"1\"")]
    [InlineData("*")]
    [InlineData("W/\"-1\"")]
    public async Task An_odd_version_is_no_version(string tag)
    {
        var (updated, text, _) = await _adapter.CaseSystemDoor.SendAsync("PUT", "Subscription/x", "{}"u8.ToArray(), with: r => r.Headers.TryAddWithoutValidation("If-Match", tag));
        Assert.Equal((HttpStatusCode.BadRequest, true), (updated, text.Contains("FHIR_VERSION_REQUIRED", StringComparison.Ordinal)));
        var (deleted, _, _) = await _adapter.CaseSystemDoor.SendAsync("DELETE", "Subscription/x", with: r => r.Headers.TryAddWithoutValidation("If-Match", tag));
        Assert.Equal(HttpStatusCode.PreconditionFailed, deleted);
    }

    [Theory]
    [InlineData("PATCH", "Subscription/x", HttpStatusCode.MethodNotAllowed, "FHIR_INTERACTION_UNSUPPORTED")]
    [InlineData("PUT", "Subscription", HttpStatusCode.MethodNotAllowed, "FHIR_INTERACTION_UNSUPPORTED")]
    [InlineData("DELETE", "Subscription", HttpStatusCode.MethodNotAllowed, "FHIR_INTERACTION_UNSUPPORTED")]
    [InlineData("POST", "Subscription/_search", HttpStatusCode.MethodNotAllowed, "FHIR_INTERACTION_UNSUPPORTED")]
    [InlineData("POST", "", HttpStatusCode.MethodNotAllowed, "FHIR_INTERACTION_UNSUPPORTED")]
    [InlineData("POST", "metadata", HttpStatusCode.MethodNotAllowed, "FHIR_INTERACTION_UNSUPPORTED")]
    [InlineData("GET", "Subscription/x/_history/1", HttpStatusCode.MethodNotAllowed, "FHIR_INTERACTION_UNSUPPORTED")]
    [InlineData("GET", "Subscription/x", HttpStatusCode.NotFound, "FHIR_RESOURCE_NOT_FOUND")]
    [InlineData("GET", "Subscription/..%2fmetadata", HttpStatusCode.NotFound, "FHIR_RESOURCE_NOT_FOUND")]
    [InlineData("GET", "Patient", HttpStatusCode.NotFound, "FHIR_RESOURCE_UNKNOWN")]
    [InlineData("GET", "Subscription?criteria=CareTeam?", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED")]
    [InlineData("GET", "Subscription?_count=1", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED")]
    [InlineData("GET", "Subscription?_format=text/html", HttpStatusCode.NotAcceptable, "FHIR_FORMAT_NOT_ACCEPTABLE")]
    public async Task What_is_not_offered_is_refused(string method, string path, HttpStatusCode status, string reason)
    {
        var (got, text, answer) = await _adapter.CaseSystemDoor.SendAsync(method, path);
        Assert.Equal((status, reason), (got, answer.Headers.GetValues("keten-reason").Single()));
        Assert.NotNull(new FhirJsonDeserializer().Deserialize<OperationOutcome>(text));
    }

    [Fact]
    public void Any_bytes_are_a_subscription_or_are_refused()
    {
        var bodies = new (FhirFormat Format, byte[] Body)[]
        {
            (FhirFormat.Json, Encoding.UTF8.GetBytes(Json("\"meta\":{\"tag\":[{\"code\":\"a\"}]},\"end\":\"2027-01-01T00:00:00Z\""))), (FhirFormat.Xml, Encoding.UTF8.GetBytes($"{Open}{Rest}</Subscription>")),
        };
        string[] pieces = ["{", "}", "[", "]", "\"", ":", ",", "<", ">", "/", "&a;", "<!--", "]]>", "null", "1e999", "true", "\0", "\ud7ff", "\"resourceType\":", "\"_status\":", "\"contained\":[", " id=\"x\"", "<div>", "xmlns=\"\""];
        Gen.Select(Gen.Int[0, bodies.Length - 1].Select(i => bodies[i]), Gen.Select(Gen.Int[0, 400], Gen.Int[0, 30], Gen.Int[0, pieces.Length - 1].Select(i => pieces[i])).List[1, 4]).Sample(sample =>
        {
            var (body, changes) = sample;
            var text = Encoding.UTF8.GetString(body.Body);
            foreach (var (at, length, piece) in changes)
            {
                var from = Math.Min(at, text.Length);
                text = text.Remove(from, Math.Min(length, text.Length - from)).Insert(from, piece);
            }

            if (FhirReading.Parse(Encoding.UTF8.GetBytes(text), body.Format) is Subscription asked)
            {
                SubscriptionRules.Check(asked, ThePermit.Moment, out _);
            }
        }, iter: 3_000);
    }

    private async Task RefusedAsync(byte[] body, string type, HttpStatusCode status, string reason)
    {
        var (got, text, answer) = await _adapter.CaseSystemDoor.SendAsync("POST", "Subscription", body, type);
        Assert.Equal((status, reason), (got, answer.Headers.TryGetValues("keten-reason", out var codes) ? codes.Single() : text));
        Assert.DoesNotContain("999912112", text, StringComparison.Ordinal);
        Assert.DoesNotContain("a.example", text, StringComparison.Ordinal);
        Assert.NotNull(new FhirJsonDeserializer().Deserialize<OperationOutcome>(text).Issue.Single().Details!.Text);
        Assert.DoesNotContain("fullUrl", (await _adapter.CaseSystemDoor.SendAsync("GET", "Subscription")).Text, StringComparison.Ordinal);
    }

    private static string Deep => string.Concat(Enumerable.Repeat("{\"a\":", 3_000));

    private static string Json(string more) =>
        $$"""{"resourceType":"Subscription","status":"requested","reason":"r","criteria":"CareTeam?","channel":{"type":"rest-hook","endpoint":"https://a.example/"},{{more}}}""";
}
