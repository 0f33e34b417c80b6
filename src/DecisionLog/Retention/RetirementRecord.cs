using Keten.Protocol.V1;

namespace Keten.DecisionLog.Retention;

/// <summary>Finds in stored records what retention has removed, without decoding the others.</summary>
internal static class RetirementRecord
{
    /// <summary>Index of the first record that stays, when this one says so; else 0.</summary>
    public static long FirstKept(ReadOnlySpan<byte> payload)
    {
        try
        {
            var fields = new WireReader(payload);
            while (fields.Read())
            {
                if (fields.Number == LogRecord.RecordsRetiredFieldNumber && fields.HasLength)
                {
                    return RecordsRetired.Parser.ParseFrom(fields.Value).FirstKept;
                }
            }
        }
        catch (Exception garbled) when (garbled is InvalidDataException or Google.Protobuf.InvalidProtocolBufferException)
        {
            // It says nothing; whether the writer wrote it so is for the tree to tell.
        }

        return 0;
    }
}
