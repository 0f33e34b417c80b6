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
    /// encoding of a decision with nothing but that.
    /// </summary>
    public static void Split(ReadOnlySpan<byte> record, ref SpanWriter clear, ref SpanWriter personal, out ReadOnlySpan<byte> decisionId)
    {
        decisionId = default;
        var fields = new WireReader(record);
        while (fields.Read())
        {
            if (fields.Number != LogRecord.DecisionFieldNumber)
            {
                clear.Write(fields.Whole);
                continue;
            }

            var inside = new WireReader(fields.Value);
            var length = 0;
            while (inside.Read())
            {
                if (inside.Number == DecisionRecord.DecisionIdFieldNumber)
                {
                    decisionId = inside.Value;
                }

                if (SubjectFields.Contains(inside.Number))
                {
                    personal.Write(inside.Whole);
                }
                else
                {
                    length += inside.Whole.Length;
                }
            }

            clear.WriteTag(LogRecord.DecisionFieldNumber, length);
            inside = new WireReader(fields.Value);
            while (inside.Read())
            {
                if (!SubjectFields.Contains(inside.Number))
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
        if (record.Decision is not { } decision || sealedBytes.Length < Overhead)
        {
            return false;
        }

        var personal = new byte[sealedBytes.Length - Overhead];
        using var cipher = new AesGcm(secret, TagBytes);
        try
        {
            cipher.Decrypt(
                sealedBytes[..NonceBytes], sealedBytes[NonceBytes..^TagBytes], sealedBytes[^TagBytes..], personal,
                System.Text.Encoding.UTF8.GetBytes(decision.DecisionId));
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        decision.MergeFrom(personal);
        record.Sealed = ByteString.Empty;
        return true;
    }
}
