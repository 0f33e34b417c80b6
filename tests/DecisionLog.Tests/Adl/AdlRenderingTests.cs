using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Keten.Protocol.V1;

namespace Keten.DecisionLog.Tests.Adl;

/// <summary>What is exported, held against the files beside this one. KETEN_UPDATE_DOCS=1 writes them anew; the difference is then for a reader to judge.</summary>
public sealed class AdlRenderingTests
{
    private static readonly string[] CoreKeys =
        ["adl.core.request", "adl.core.response", "adl.core.policies", "adl.core.information", "adl.core.configuration"];

    [Fact]
    public void An_allowed_call() => Holds("allowed", Allowed(), index: 17);

    [Fact]
    public void A_refusal_is_no_error()
    {
        var record = Allowed();
        var decision = record.Decision;
        (decision.Allowed, decision.ReasonCode, decision.CallerCode, decision.Rule) = (false, "TARGET_NOT_INVOLVED", "ACCESS_NOT_PERMITTED", "R18d");
        decision.Fields.Clear();
        decision.Obligations.Clear();
        decision.RetentionDays = 0;
        Holds("refused", record);
    }

    [Fact]
    public void Break_glass_with_its_justification()
    {
        var record = Allowed();
        (record.Decision.BreakGlass, record.Decision.Justification, record.Decision.CallerInvited) = (true, "acute dreiging, kind alleen thuis", true);
        Holds("break-glass", record);
    }

    [Fact]
    public void A_review_of_break_glass() => Holds("review", new LogRecord
    {
        RecordedAt = Moment,
        Review = new ReviewRecord
        {
            DecisionId = "019cade2-11c0-7183-96f0-73ae0acec4b2", Obligation = "review-24h", Verdict = ReviewVerdict.Objected,
            Organisation = "00000001003214345000", Reviewer = "pf-2", RemarkCode = "no-red-crisis", Remark = "Geen crisis in het dossier", ReviewedAt = Moment,
            AccessDecisionId = "019cade2-22d1-7a03-8b5e-73ae0acec4b2",
        },
    });

    [Fact]
    public void A_call_refused_before_anything_was_known_of_it() => Holds("unknown-caller", new LogRecord
    {
        RecordedAt = Moment,
        Decision = new DecisionRecord
        {
            DecisionId = "019cade2-11c0-7183-96f0-73ae0acec4b2", TraceId = Trace, SpanId = Span, EnforcementPoint = "gateway",
            ReasonCode = "CERTIFICATE_REQUIRED", CallerCode = "CERTIFICATE_REQUIRED", DecidedAt = Moment,
        },
    });

    [Fact]
    public void A_policy_that_gave_no_answer_is_an_error()
    {
        var record = Allowed();
        var decision = record.Decision;
        (decision.Allowed, decision.ReasonCode, decision.CallerCode, decision.Rule) = (false, "POLICY_UNAVAILABLE", "POLICY_UNAVAILABLE", "");
        decision.Status = EvaluationStatus.Error;
        decision.Fields.Clear();
        decision.Obligations.Clear();
        decision.LegalBasis.Clear();
        Holds("error", record);
    }

    [Fact]
    public void A_record_whose_subject_cannot_be_opened()
    {
        var record = Allowed();
        var decision = record.Decision;
        (decision.Subject, decision.CaseReference, decision.AssertedFacts) = ("", "", ByteString.Empty);
        (record.SubjectKey, record.Sealed) = (7, ByteString.CopyFrom(1, 2, 3));
        Holds("sealed", record);
    }

    [Fact]
    public void How_a_call_ended() => Holds("outcome", new LogRecord
    {
        RecordedAt = Moment,
        Outcome = new OutcomeRecord
        {
            DecisionId = "019cade2-11c0-7183-96f0-73ae0acec4b2", GrpcStatus = 0, HttpStatus = 200, DurationMicroseconds = 4_210, Fields = { "city", "street" },
            Obligations = { "no-onward-sharing" }, TraceId = Bytes(Trace), SpanId = Bytes(Span), RequestBytes = 42, ResponseBytes = 311,
        },
    });

    [Fact]
    public void An_erasure() => Holds("erased", new LogRecord
    {
        RecordedAt = Moment,
        SubjectErased = new SubjectErased { SubjectKeys = { 7 }, ErasedAt = Moment, ErasedBy = "privacy-officer-1", Ground = "AVG 17.1.d", Forced = true },
    });

    [Fact]
    public void Records_past_retention() => Holds("retired", new LogRecord
    {
        RecordedAt = Moment,
        RecordsRetired = new RecordsRetired { FirstKept = 4711, OlderThan = Moment },
    });

    [Fact]
    public void An_exporter_adds_attributes_of_its_own()
    {
        var text = Render(Allowed(), 3, writer => writer.WriteString("keten.log.checkpoint", "abc"));
        Assert.Equal("abc", JsonDocument.Parse(text).RootElement.GetProperty("attributes").GetProperty("keten.log.checkpoint").GetString());
    }

    [Fact]
    public void No_core_key_stands_in_body_and_attributes_both()
    {
        using var document = JsonDocument.Parse(Render(Allowed(), null));
        Assert.All(CoreKeys, key => Assert.True(
            document.RootElement.GetProperty("body").TryGetProperty(key, out _) != document.RootElement.GetProperty("attributes").TryGetProperty(key, out _), key));
    }

    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Span = "00f067aa0ba902b7";

    private static Timestamp Moment => Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 3, 2, 9, 30, 0, 250, TimeSpan.Zero));

    private static LogRecord Allowed()
    {
        var record = Some.Decision("019cade2-11c0-7183-96f0-73ae0acec4b2");
        record.RecordedAt = record.Decision.DecidedAt = Moment;
        record.Decision.ParentSpanId = "b7ad6b7169203331";
        record.Decision.RequestedFields.Add("city");
        record.Decision.Sources = new DecisionSources
        {
            RegistryDigest = ByteString.CopyFrom(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()), GatewayVersion = "1.0.0", ViewPartition = 3, ViewOffset = 4711,
        };
        return record;
    }

    private static void Holds(string name, LogRecord record, long? index = null, [CallerFilePath] string here = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(here)!, name + ".json");
        var text = Render(record, index) + "\n";
        if (Environment.GetEnvironmentVariable("KETEN_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, text);
        }

        Assert.Equal(File.ReadAllText(path), text);
    }

    private static string Render(LogRecord record, long? index, Action<Utf8JsonWriter>? attributes = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            AdlRendering.Write(record, writer, index, attributes);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static ByteString Bytes(string hex) => ByteString.CopyFrom(Convert.FromHexString(hex));
}
