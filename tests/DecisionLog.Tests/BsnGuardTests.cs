using System.Text;
using Google.Protobuf;
using Keten.DecisionLog;
using Keten.Protocol.V1;

namespace Keten.DecisionLog.Tests;

public sealed class BsnGuardTests
{
    // Passes the elfproef; not an issued number (999… is the test range).
    private const string Bsn = "999990019";

    private static readonly string[] Innocent =
    [
        "99999001", "9999900190", "999990018", "000000000", "00000009999900190000", "4bf92f3577b34da6a3ce929d0e0e4736", $"a{Bsn}", $"{Bsn}b",
        $"2026-03-02T10:30:00.{Bsn}+01:00", $"2026-03-02T10:30:00.{Bsn}Z", "0195b6a0-1234-7abc-8def-123456789012", "",
        $"k1.-{Bsn}-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ];

    public static TheoryData<string> Guilty => [Bsn, $"bsn {Bsn}", $"zaak_{Bsn}", $"{Bsn}.", $"kind:{Bsn}/moeder", $"x.{Bsn}", $"é{Bsn}", $"\\n{Bsn}", $"{{\"a\":{Bsn}}}"];

    [Theory]
    [MemberData(nameof(Guilty))]
    public void A_number_that_stands_alone_and_passes_the_elfproef_is_found(string text) =>
        Assert.True(BsnPattern.Contains(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Identifiers_times_and_longer_numbers_are_let_through()
    {
        foreach (var text in Innocent)
        {
            var record = Some.Decision(1);
            record.Decision.CaseReference = text;
            Assert.Null(RecordTextGuard.FindBsn(record.ToByteArray()));
        }
    }

    [Fact]
    public void Every_text_and_bytes_field_of_the_record_is_searched()
    {
        var checkedFields = 0;
        foreach (var field in DecisionRecord.Descriptor.Fields.InDeclarationOrder())
        {
            var record = new LogRecord { Decision = new DecisionRecord() };
            switch (field.FieldType)
            {
                case Google.Protobuf.Reflection.FieldType.String when field.IsRepeated:
                    ((Google.Protobuf.Collections.RepeatedField<string>)field.Accessor.GetValue(record.Decision)).Add(Bsn);
                    break;
                case Google.Protobuf.Reflection.FieldType.String:
                    field.Accessor.SetValue(record.Decision, Bsn);
                    break;
                case Google.Protobuf.Reflection.FieldType.Bytes:
                    field.Accessor.SetValue(record.Decision, ByteString.CopyFromUtf8(Bsn));
                    break;
                default:
                    continue;
            }

            checkedFields++;
            Assert.Equal($"decision.{field.Name}", RecordTextGuard.FindBsn(record.ToByteArray()));
        }

        Assert.True(checkedFields > 20, $"only {checkedFields} fields were checked");
        Assert.Equal("decision.caller.oin", RecordTextGuard.FindBsn(new LogRecord { Decision = new() { Caller = new() { Oin = Bsn } } }.ToByteArray()));
        Assert.Equal("outcome.fields", RecordTextGuard.FindBsn(new LogRecord { Outcome = new() { Fields = { Bsn } } }.ToByteArray()));
    }

    [Fact]
    public void A_field_of_a_later_version_is_searched_too()
    {
        var unknown = new byte[] { 0xA2, 0x06, 9 }.Concat(Encoding.ASCII.GetBytes(Bsn)).ToArray();

        Assert.Equal("unknown field 100", RecordTextGuard.FindBsn(unknown));
    }

    [Fact]
    public async Task A_record_with_a_bsn_is_refused_and_the_number_is_nowhere()
    {
        using var temp = new TempLog();
        await using (var log = await temp.OpenAsync())
        {
            var record = Some.Decision(1);
            record.Decision.Justification = $"spoed, kind {Bsn}";
            var refused = await Assert.ThrowsAsync<BsnInRecordException>(() => log.AppendAsync(record, CancellationToken.None).AsTask());

            Assert.Equal("decision.justification", refused.Field);
            Assert.DoesNotContain(Bsn, refused.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(temp.Logger.Events, e => e.Text.Contains(Bsn, StringComparison.Ordinal));
        }

        Assert.Empty(temp.ReadIds());
    }
}
