using System.Text;
using CsCheck;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Keten.Contracts.Identifiers;
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
        $"deadbeef{Bsn}", $"{Bsn}cafe", $"x{Bsn}", $"{Bsn}Z", $"\\na{Bsn}", $"01JQXK{Bsn}7ZT4MMQ2WKA", $"3Fqz{Bsn}Xbq2RtYu81mLpQ0sW", $"00000004{Bsn}0000",
        "urn:nld:oin:00000099000000001004", "0195b6a0-1234-7abc-8def-bb123456782a", $"k1.-{Bsn}-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ];

    public static TheoryData<string> Guilty => [Bsn, $"bsn {Bsn}", $"zaak_{Bsn}", $"{Bsn}.", $"kind:{Bsn}/moeder", $"x.{Bsn}", $"é{Bsn}", $"\\n{Bsn}", $"{{\"a\":{Bsn}}}",
        $"bsn{Bsn}", $"BSN{Bsn}", $"{Bsn}bsn", $"zaak{Bsn}", $"kind{Bsn}moeder", $"zaak2026bsn{Bsn}", $"\\nbsn{Bsn}", $"burgerservicenummer{Bsn}", $"x_bsn{Bsn}y"];

    [Theory]
    [MemberData(nameof(Guilty))]
    public void A_number_that_stands_alone_or_against_a_word_and_passes_the_elfproef_is_found(string text) =>
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

    // The chance is that of nine digits in a row: nothing among hexadecimal, in practice nothing elsewhere.
    [Fact]
    public void Random_identifiers_are_not_taken_for_one()
    {
        const string Crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        const string Base36 = "0123456789abcdefghijklmnopqrstuvwxyz";
        var random = new Random(20260302);
        var found = new Dictionary<string, int>(StringComparer.Ordinal) { ["uuid"] = 0, ["base64url"] = 0, ["ulid"] = 0, ["base36"] = 0 };
        var bytes = new byte[16];
        for (var i = 0; i < 500_000; i++)
        {
            random.NextBytes(bytes);
            Count("uuid", new Guid(bytes).ToString());
            Count("uuid", Convert.ToHexStringLower(bytes));
            Count("base64url", System.Buffers.Text.Base64Url.EncodeToString(bytes));
            Count("ulid", "01" + random.GetString(Crockford, 24));
            Count("base36", random.GetString(Base36, 25));
        }

        Assert.All(found, kind => Assert.True(kind.Value == 0, $"{kind.Value} of 500,000 {kind.Key}"));

        void Count(string kind, string id) => found[kind] += BsnPattern.Contains(Encoding.ASCII.GetBytes(id)) ? 1 : 0;
    }

    [Fact]
    public void Wherever_it_stands_in_whatever_record_it_is_found()
    {
        var places = Places(LogRecord.Descriptor, []).ToList();
        Assert.True(places.Count > 45, $"only {places.Count} fields");
        Gen.Select(Gen.Int[0, places.Count - 1], Gen.Int[10_000_000, 99_999_999], Gen.String[0, 30], Gen.String[0, 30]).Sample(
            (place, stem, before, after) =>
            {
                if (WithElfproef(stem) is not { } bsn)
                {
                    return;
                }

                var record = new LogRecord();
                var name = Put(record, places[place], $"{before} {bsn} {after}");
                Assert.Equal(name, RecordTextGuard.FindBsn(record.ToByteArray()));
            },
            iter: 20_000, threads: 1);
    }

    [Fact]
    public void What_the_gateway_itself_writes_is_never_taken_for_one()
    {
        Gen.Select(Gen.Byte.Array[32], Gen.Byte.Array[16], Gen.Byte.Array[8], Gen.Long[0, 9_000_000]).Sample(
            (digest, trace, span, offset) =>
            {
                var (traceId, spanId) = (Convert.ToHexStringLower(trace), Convert.ToHexStringLower(span));
                var decision = new LogRecord
                {
                    SubjectKey = offset,
                    Decision = new DecisionRecord
                    {
                        DecisionId = new Guid(trace, bigEndian: true).ToString(), Subject = Pseudonym.Create("k1", digest).Value, TraceId = traceId, SpanId = spanId,
                        ParentSpanId = spanId,
                        Sources = new DecisionSources { RegistryDigest = ByteString.CopyFrom(digest), GatewayVersion = "1.0.0", ViewPartition = 3, ViewOffset = offset },
                    },
                };
                var outcome = new LogRecord { Outcome = new OutcomeRecord { TraceId = ByteString.CopyFrom(trace), SpanId = ByteString.CopyFrom(span), RequestBytes = offset } };
                Assert.Null(RecordTextGuard.FindBsn(decision.ToByteArray()));
                Assert.Null(RecordTextGuard.FindBsn(outcome.ToByteArray()));
            },
            iter: 50_000, threads: 1);
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

    // Every way to a text or bytes field.
    private static IEnumerable<FieldDescriptor[]> Places(MessageDescriptor message, FieldDescriptor[] way)
    {
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            if (field.FieldType == FieldType.Message)
            {
                foreach (var place in Places(field.MessageType, [.. way, field]))
                {
                    yield return place;
                }
            }
            else if (field.FieldType is FieldType.String or FieldType.Bytes)
            {
                yield return [.. way, field];
            }
        }
    }

    private static string Put(IMessage message, FieldDescriptor[] way, string text)
    {
        foreach (var field in way[..^1])
        {
            var inner = field.MessageType.Parser.ParseFrom(ByteString.Empty);
            if (field.IsRepeated)
            {
                ((System.Collections.IList)field.Accessor.GetValue(message)).Add(inner);
            }
            else
            {
                field.Accessor.SetValue(message, inner);
            }

            message = inner;
        }

        var last = way[^1];
        object value = last.FieldType == FieldType.Bytes ? ByteString.CopyFromUtf8(text) : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        if (last.IsRepeated)
        {
            ((System.Collections.IList)last.Accessor.GetValue(message)).Add(value);
        }
        else
        {
            last.Accessor.SetValue(message, value);
        }

        return string.Join('.', way.Select(field => field.Name));
    }

    // The ninth digit that makes it pass; there is none when it would be ten.
    private static string? WithElfproef(int stem)
    {
        var digits = stem.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var sum = digits.Select((digit, i) => (digit - '0') * (9 - i)).Sum() % 11;
        return sum == 10 ? null : digits + sum;
    }
}
