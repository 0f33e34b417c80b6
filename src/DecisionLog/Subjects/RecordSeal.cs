using System.Security.Cryptography;
using Google.Protobuf;
using Keten.Protocol.V1;

namespace Keten.DecisionLog.Subjects;

/// <summary>Seals what tells of the person in an encoded record, and opens it again. Bytes are moved, nothing is decoded.</summary>
internal static class RecordSeal
{
    /// <summary>Nonce and tag.</summary>
    public const int Overhead = NonceBytes + TagBytes;

    /// <summary>Most that a record grows: the seal, and three tags with their lengths.</summary>
    public const int MaxGrowth = Overhead + 40;

    public const int TagBytes = 16;

    private const int NonceBytes = 12;

    /// <summary>
    /// Takes an encoded record apart: <paramref name="clear"/> gets the record without what tells of the person, <paramref name="personal"/> the
    /// encoding of a decision, or of a review, with nothing but that.
    /// </summary>
    public static void Split(ReadOnlySpan<byte> record, ref SpanWriter clear, ref SpanWriter personal, out ReadOnlySpan<byte> decisionId)
    {
        decisionId = default;
        var fields = new WireReader(record);
        while (fields.Read())
        {
            var sealedFields = SubjectFields.Of(fields.Number);
            if (sealedFields == 0)
            {
                clear.Write(fields.Whole);
                continue;
            }

            var inside = new WireReader(fields.Value);
            var length = 0;
            while (inside.Read())
            {
                if (inside.Number == SubjectFields.DecisionId)
                {
                    decisionId = inside.Value;
                }

                if (SubjectFields.Contains(sealedFields, inside.Number))
                {
                    personal.Write(inside.Whole);
                }
                else
                {
                    length += inside.Whole.Length;
                }
            }

            clear.WriteTag(fields.Number, length);
            inside = new WireReader(fields.Value);
            while (inside.Read())
            {
                if (!SubjectFields.Contains(sealedFields, inside.Number))
                {
                    clear.Write(inside.Whole);
                }
            }
        }
    }

    /// <summary>Appends number of the key and sealed bytes to the record.</summary>
    public static void Seal(ref SpanWriter record, scoped ReadOnlySpan<byte> personal, scoped ReadOnlySpan<byte> decisionId, SubjectKey key)
    {
        record.WriteNumber(LogRecord.SubjectKeyFieldNumber, (ulong)key.Number);
        record.WriteTag(LogRecord.SealedFieldNumber, personal.Length + Overhead);
        var target = record.Take(personal.Length + Overhead);
        var nonce = target[..NonceBytes];
        RandomNumberGenerator.Fill(nonce);
        key.Encrypt(nonce, personal, target[NonceBytes..^TagBytes], target[^TagBytes..], decisionId);
    }

    /// <summary>Makes the record whole; false when it was not sealed under this key.</summary>
    public static bool TryOpen(LogRecord record, ReadOnlySpan<byte> secret)
    {
        var sealedBytes = record.Sealed.Span;
        var (message, decisionId) = record.RecordCase switch
        {
            LogRecord.RecordOneofCase.Decision => ((IMessage)record.Decision, record.Decision.DecisionId),
            LogRecord.RecordOneofCase.Review => (record.Review, record.Review.DecisionId),
            _ => (null, ""),
        };
        if (message is null || sealedBytes.Length < Overhead)
        {
            return false;
        }

        var personal = new byte[sealedBytes.Length - Overhead];
        using var cipher = new AesGcm(secret, TagBytes);
        try
        {
            cipher.Decrypt(
                sealedBytes[..NonceBytes], sealedBytes[NonceBytes..^TagBytes], sealedBytes[^TagBytes..], personal,
                System.Text.Encoding.UTF8.GetBytes(decisionId));
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        message.MergeFrom(personal);
        record.Sealed = ByteString.Empty;
        return true;
    }
}
