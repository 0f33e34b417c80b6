using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Keten.Contracts.Fhir;
using Keten.TestKit;
using Task = System.Threading.Tasks.Task;

namespace Keten.Fhir.Tests;

/// <summary>Bytes that no HTTP client would send: an OperationOutcome, or the server's own refusal before anything is routed; never a failure and never a hang.</summary>
[Collection(nameof(FhirFederation))]
public sealed class HostileRequestTests(FhirFederation running)
{
    private const string Form = "Content-Type: application/x-www-form-urlencoded\r\n";
    private const string Chunked = Form + "Transfer-Encoding: chunked\r\n";
    private const string Json = "application/fhir+json";

    /// <summary>What the server says of its own: it has no body.</summary>
    private const string Server = "";

    private static readonly string Id = new('0', FhirId.Length);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Method, what follows <c>/{oin}/fhir</c>, headers, status, reason.</summary>
    public static TheoryData<string, string, string, int, string> Refused => new()
    {
        { "GET", "/Patient/" + new string('a', 3000), "", 404, "FHIR_RESOURCE_NOT_FOUND" },
        { "GET", "/Patient/" + new string('a', 9000), "", 414, Server },
        { "GET", "/Patient?_id=" + new string('a', 3000), "", 400, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "/Patient?" + string.Concat(Enumerable.Repeat("a&", 3000)), "", 400, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "/Patient?" + string.Concat(Enumerable.Repeat("a&", 10_000)), "", 414, Server },

        { "GET", "/Patient/%252e%252e", "", 404, "FHIR_RESOURCE_NOT_FOUND" },
        { "GET", "/Patient/..%2f..%2fmetadata", "", 404, "FHIR_RESOURCE_NOT_FOUND" },
        { "GET", "/Patient/..%5c..%5cmetadata", "", 404, "FHIR_RESOURCE_NOT_FOUND" },
        { "GET", "/%2e%2e/fhir/%2e%2e/fhir/Observation", "", 404, "FHIR_RESOURCE_UNKNOWN" },
        { "GET", "//Patient", "", 405, "FHIR_INTERACTION_UNSUPPORTED" },
        { "GET", "/", "", 405, "FHIR_INTERACTION_UNSUPPORTED" },
        { "GET", "/Patient/", "", 404, "FHIR_RESOURCE_NOT_FOUND" },
        { "GET", "/PATIENT", "", 404, "FHIR_RESOURCE_UNKNOWN" },
        { "GET", "/Patient;a=b", "", 404, "FHIR_RESOURCE_UNKNOWN" },
        { "GET", "/metadata/", "", 404, "FHIR_RESOURCE_UNKNOWN" },
        { "GET", "/metadata%2f", "", 404, "FHIR_RESOURCE_UNKNOWN" },

        { "GET", "/Patient/%00", "", 400, Server },
        { "GET", "/Patient/\0", "", 400, Server },
        { "GET", "/Patient?_id=%00", "", 400, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "/Patient/%ff%fe", "", 404, "FHIR_RESOURCE_NOT_FOUND" },
        { "GET", "/Patient/a%0d%0aX-Injected:1", "", 404, "FHIR_RESOURCE_NOT_FOUND" },
        { "GET", "/Patient?_format=json%0d%0aX-Injected:1", "", 406, "FHIR_FORMAT_NOT_ACCEPTABLE" },
        { "GET", "/Patient", "X-Bad: a\0b\r\n", 400, Server },
        { "GET", "/Patient", "X-Bad\0: a\r\n", 400, Server },
        { "GET", "/Patient", "X-Folded: a\r\n b\r\n", 400, Server },
        { "GET", "/Patient", "X-Long: " + new string('a', 40_000) + "\r\n", 431, Server },
        { "GET", "/Patient", string.Concat(Enumerable.Repeat("X-Many: 1\r\n", 200)), 431, Server },
        { "GET", "/Patient", "Host: other.example\r\n", 400, Server },
        { "GET", "/Patient", "keten-purpose: naw-hergebruik\r\n", 400, "METADATA_REPEATED" },
        { "GET", "/Patient", "keten-subject: k1.x\r\n", 400, "METADATA_REPEATED" },

        { "GET", "/Patient?_format=json&_format=xml", "", 400, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "/Patient?_format=", "", 406, "FHIR_FORMAT_NOT_ACCEPTABLE" },
        { "GET", "/Patient", "Accept: text/html\r\nAccept: image/png\r\n", 406, "FHIR_FORMAT_NOT_ACCEPTABLE" },
        { "GET", "/metadata", "Accept: image/png\r\n", 406, "FHIR_FORMAT_NOT_ACCEPTABLE" },

        { "PUT", $"/Patient/{Id}", "Content-Type: application/fhir+json\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n", 415, "FHIR_MEDIA_TYPE_UNSUPPORTED" },
        { "HEAD", "/Patient", "", 405, "" },
        { "OPTIONS", "/Patient", "Origin: https://other.example\r\nAccess-Control-Request-Method: GET\r\n", 405, "FHIR_INTERACTION_UNSUPPORTED" },
        { "TRACE", "/Patient", "", 405, "FHIR_INTERACTION_UNSUPPORTED" },
        { "get", "/Patient", "", 405, "FHIR_INTERACTION_UNSUPPORTED" },
        { "BREW", "/Patient", "", 405, "FHIR_INTERACTION_UNSUPPORTED" },
        { "GET", $"/Patient/{Id}", "X-HTTP-Method-Override: PUT\r\nX-HTTP-Method: DELETE\r\n", 404, "FHIR_RESOURCE_NOT_FOUND" },
        { "GET", "/Patient?_method=DELETE", "", 400, "FHIR_PARAMETER_UNSUPPORTED" },
    };

    /// <summary>Headers, body, status, reason of a <c>POST Patient/_search</c>.</summary>
    public static TheoryData<string, string, int, string> RefusedSearches => new()
    {
        { "", "", 415, "FHIR_MEDIA_TYPE_UNSUPPORTED" },
        { "Content-Type: application/x-www-form-urlencoded; charset=utf-16\r\n", "", 415, "FHIR_MEDIA_TYPE_UNSUPPORTED" },
        { "Content-Type: application/x-www-form-urlencoded, application/fhir+json\r\n", "", 415, "FHIR_MEDIA_TYPE_UNSUPPORTED" },
        { Form + "Content-Encoding: gzip\r\n", "", 415, "FHIR_MEDIA_TYPE_UNSUPPORTED" },
        { Form + "Content-Length: 3\r\n", "a\0b", 400, "FHIR_PARAMETER_UNSUPPORTED" },
        { Form + "Content-Length: 4\r\n", "_id=", 400, "FHIR_PARAMETER_UNSUPPORTED" },
        { Form + "Content-Length: -1\r\n", "", 400, Server },
        { Form + "Content-Length: 4\r\nContent-Length: 5\r\n", "a=bcd", 400, Server },
        { Form + "Content-Length: 50000\r\n", string.Concat(Enumerable.Repeat("a=1&b", 10_000)), 413, "FHIR_BODY_TOO_LARGE" },
        { Chunked, "zz\r\nx\r\n0\r\n\r\n", 400, "FHIR_PARAMETER_UNSUPPORTED" },
        { Chunked, "3\r\na=b\r\n0\r\n\r\n", 400, "FHIR_PARAMETER_UNSUPPORTED" },
        { Form + "Content-Length: 100\r\n", "a=b", 400, "FHIR_PARAMETER_UNSUPPORTED" },
    };

    /// <summary>Odd and harmless: method, what follows <c>/{oin}/fhir</c>, headers, body (<c>*</c> stands for a good form), and the form of the answer.</summary>
    public static TheoryData<string, string, string, string, string> Answered => new()
    {
        { "GET", "/%50atient", "", "", Json },
        { "GET", "/Patient", "Accept: application/fhir+xml\r\nAccept: application/fhir+json\r\n", "", "application/fhir+xml" },
        { "GET", "/Patient", "Accept: application/fhir+json;q=0.2, application/fhir+xml;q=0.3\r\n", "", "application/fhir+xml" },
        { "GET", "/Patient?_format=xml", "Accept: text/html\r\n", "", "application/fhir+xml" },
        { "GET", "/Patient", "If-None-Match: *\r\n", "", Json },
        { "GET", "/Patient", "If-None-Match: W/\"\r\nIf-None-Match: x\r\n", "", Json },
        { "GET", "/Patient", "keten-fhir-base: https://other.example/fhir\r\n", "", Json },
        { "GET", "/Patient", "X-Forwarded-Host: other.example\r\nX-Forwarded-Prefix: /other.example\r\nForwarded: host=other.example\r\n", "", Json },
        { "GET", "/Patient", "X-Original-URL: /other.example\r\nX-Rewrite-URL: /other.example\r\n", "", Json },
        { "POST", "/Patient/_search", Chunked, "*", Json },
        { "POST", "/Patient/_search", "Content-Type: application/x-www-form-urlencoded; charset=\"UTF-8\"\r\n", "*", Json },
        { "POST", "/Patient/_search", Form + "Expect: 100-continue\r\n", "*", Json },
        { "POST", "/Patient/_search", Form + "Content-Length: 0\r\n", "", Json },
        { "POST", "/Patient/_search", Form, "", Json },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_request_that_no_client_would_send_is_refused(string method, string target, string headers, int status, string reason) =>
        await RefusedAsync(method, target, headers, [], status, reason);

    [Theory]
    [MemberData(nameof(RefusedSearches))]
    public async Task A_search_that_no_client_would_send_is_refused(string headers, string body, int status, string reason) =>
        await RefusedAsync("POST", "/Patient/_search", headers, Encoding.Latin1.GetBytes(body), status, reason);

    [Fact]
    public async Task A_form_that_is_compressed_is_refused_whether_it_says_so_or_not()
    {
        using var packed = new MemoryStream();
        await using (var zip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            await zip.WriteAsync(await FormAsync(), Stop);
        }

        await RefusedAsync("POST", "/Patient/_search", $"{Form}Content-Encoding: gzip\r\nContent-Length: {packed.Length}\r\n", packed.ToArray(), 415, "FHIR_MEDIA_TYPE_UNSUPPORTED");
        await RefusedAsync("POST", "/Patient/_search", $"{Form}Content-Length: {packed.Length}\r\n", packed.ToArray(), 400, "FHIR_PARAMETER_UNSUPPORTED");
    }

    [Theory]
    [MemberData(nameof(Answered))]
    public async Task What_is_odd_and_harmless_changes_nothing(string method, string target, string headers, string body, string form)
    {
        var bytes = body == "*" ? await FormAsync() : Encoding.ASCII.GetBytes(body);
        if (headers.Contains("chunked", StringComparison.Ordinal))
        {
            bytes = [.. Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n"), .. bytes, .. "\r\n0\r\n\r\n"u8];
        }
        else if (body == "*")
        {
            headers += $"Content-Length: {bytes.Length}\r\n";
        }

        var answer = await SendAsync(method, target, headers, bytes);
        Assert.Equal((200, form), (answer.Status, answer.ContentType.Split(';')[0]));
        Assert.Contains($"{running.Base}Patient/", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("other.example", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_in_the_url_of_a_search_by_post_still_filters()
    {
        var answer = await SendAsync("POST", $"/Patient/_search?_id={Id}", Form, []);
        Assert.Equal(200, answer.Status);
        Assert.Empty(FhirJsonDeserializer.STRICT.Deserialize<Bundle>(answer.Body).Entry);
    }

    [Fact]
    public async Task A_body_with_a_question_that_has_none_stays_here()
    {
        var answer = await SendAsync("GET", "/Patient", "Content-Length: 9\r\n", "999912112"u8.ToArray());
        Assert.Equal(200, answer.Status);
        var decision = running.LastDecision();
        await Within.SecondsAsync(10, () => running.OutcomeOf(decision.DecisionId) is not null, "the outcome");
        Assert.Equal(0, running.OutcomeOf(decision.DecisionId)!.RequestBytes);
    }

    private async Task RefusedAsync(string method, string target, string headers, byte[] body, int status, string reason)
    {
        var started = Stopwatch.GetTimestamp();
        var answer = await SendAsync(method, target, headers, body);
        Assert.Equal(status, answer.Status);
        Assert.DoesNotContain("   at ", answer.Body, StringComparison.Ordinal);
        Assert.Equal(reason, answer.Body.Length == 0 ? "" : FhirJsonDeserializer.STRICT.Deserialize<OperationOutcome>(answer.Body).Issue[0].Details!.Coding[0].Code);
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 15);
    }

    private async Task<(int Status, string ContentType, string Body)> SendAsync(string method, string target, string headers, byte[] body)
    {
        var answer = await RawHttp.SendAsync(
            running, $"{method} {running.Base.AbsolutePath.TrimEnd('/')}{target} HTTP/1.1", await running.SafetyAsync(), headers, body, Stop);
        if (answer.Body.Length > 0)
        {
            Assert.Empty(await running.Validator.ProblemsAsync(answer.ContentType, Encoding.UTF8.GetBytes(answer.Body), Stop));
        }

        return answer;
    }

    private async Task<byte[]> FormAsync() =>
        Encoding.ASCII.GetBytes($"identifier={Uri.EscapeDataString($"{FhirNames.PseudonymSystem}|{(await running.SafetyAsync()).Subject!.Value.Value}")}");
}
