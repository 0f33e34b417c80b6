using Keten.Adapters.Sdk.Logbook;
using Keten.Policy;

namespace Keten.Adapters.Sdk.Tests.Logbook;

public sealed class LogbookLineTests
{
    private static readonly LogbookLine Line = new(
        new TraceSpan("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "00f067aa0ba902b7"), "Ok", "Verstrekken: naw", 1772443800000, 1772443800012,
        ProcessingActivity.IdOf("naw-hergebruik", "naw", "read"), "k1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "urn:nld:oin:00000099000000001004",
        "0190a0a0-0000-7000-8000-000000000000");

    [Fact]
    public void A_line_has_the_names_and_units_of_the_standard_and_nothing_of_an_employee() => Assert.Equal(
        """{"trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331","parent_span_id":"00f067aa0ba902b7","status":"Ok","name":"Verstrekken: naw","start_time":1772443800000,"end_time":1772443800012,"attributes":{"dpl.core.processing_activity_id":"urn:keten:purpose:naw-hergebruik#naw/read","dpl.core.data_subject_id":"k1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","dpl.core.data_subject_id_type":"urn:keten:pseudonym","dpl.core.foreign_operation.processor":"urn:nld:oin:00000099000000001004","dpl.keten.decision_id":"0190a0a0-0000-7000-8000-000000000000"},"resource":{"attributes":{"service.name":"keten-adapter","service.namespace":"urn:nld:oin:00000099000000001003"}}}""",
        Line.ToJson("urn:nld:oin:00000099000000001003"));

    [Fact]
    public void What_does_not_apply_is_left_out()
    {
        var json = (Line with { Span = Line.Span with { ParentSpanId = "" }, DataSubjectId = "", Processor = "", DecisionId = "" }).ToJson("urn:x");
        Assert.DoesNotContain("parent_span_id", json, StringComparison.Ordinal);
        Assert.DoesNotContain("data_subject", json, StringComparison.Ordinal);
        Assert.DoesNotContain("foreign_operation", json, StringComparison.Ordinal);
        Assert.DoesNotContain("decision_id", json, StringComparison.Ordinal);
    }
}
