using Keten.DecisionLog.Subjects;

namespace Keten.LogTools.Index;

/// <summary>Under which keys of a log a person's records are sealed; none where the keys may not be read, or are destroyed.</summary>
internal static class KeysOfSubject
{
    public static List<long> In(string directory, string pseudonym)
    {
        var found = new List<long>();
        using var keys = SubjectKeyFile.TryOpenForReading(directory);
        if (keys is null)
        {
            return found;
        }

        var digest = new byte[SubjectSlot.DigestBytes];
        SubjectSlot.Digest(pseudonym, digest);
        foreach (var (first, slots, count) in keys.Scan())
        {
            for (var i = 0; i < count; i++)
            {
                var slot = slots.AsSpan(i * SubjectSlot.Size, SubjectSlot.Size);
                if (SubjectSlot.Digest(slot).SequenceEqual(digest) && SubjectSlot.State(slot, first + i) == SlotState.Key)
                {
                    found.Add(first + i);
                }
            }
        }

        return found;
    }
}
