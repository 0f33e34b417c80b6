using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.Gateway.Involvement.View;

/// <summary>
/// Who is involved with whom, in memory: at most 150 bytes each. Many readers and one writer for each person at a time; a lock covers a part of
/// the persons for the time of a look.
/// </summary>
internal sealed class InvolvementTable
{
    private const int Parts = 1 << 4;
    private readonly RowStore[] _parts;

    public InvolvementTable(Vocabulary vocabulary)
    {
        Vocabulary = vocabulary;
        _parts = [.. Enumerable.Range(0, Parts).Select(_ => new RowStore(vocabulary))];
    }

    public Vocabulary Vocabulary { get; }

    /// <summary>Involvements held, ended ones included.</summary>
    public int Count => _parts.Sum(p => p.Count);

    /// <summary>Allocates nothing.</summary>
    public bool IsInvolved(Oin organisation, Pseudonym person, string purpose, bool invitationsOnly)
    {
        var key = PersonKey.Of(person);
        var part = PartOf(key);
        lock (part.Gate)
        {
            for (var number = part.First(key); number > 0; number = part[number].Next)
            {
                ref var row = ref part[number];
                if (row.Is(key) && row.Has(RowFlags.Active) && (!invitationsOnly || row.Has(RowFlags.Invitation))
                    && (!row.Has(RowFlags.Invitation | RowFlags.Convener) || Vocabulary.Purposes[row.Purpose] == purpose)
                    && Vocabulary.Parties[row.Party].Oin == organisation)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>All involvements with a person, ended ones included; in no order.</summary>
    public IReadOnlyList<HeldInvolvement> Of(Pseudonym person)
    {
        var key = PersonKey.Of(person);
        var part = PartOf(key);
        lock (part.Gate)
        {
            return AllOf(part, key);
        }
    }

    /// <summary>One involvement, ended or not; null when it was never authorised, or is forgotten.</summary>
    public HeldInvolvement? Find(Pseudonym person, Oin organisation, string involvementId) =>
        FindLast(person, organisation, involvementId) is { Forgotten: false } held ? held : null;

    /// <summary>As above, and for some days also what is forgotten: its version, and when it was reported.</summary>
    public HeldInvolvement? FindLast(Pseudonym person, Oin organisation, string involvementId)
    {
        var (key, id) = (PersonKey.Of(person), PackedId.Of(involvementId));
        var part = PartOf(key);
        lock (part.Gate)
        {
            return part.Find(key, organisation, id) is > 0 and var number ? new HeldInvolvement(part[number], Vocabulary) : null;
        }
    }

    /// <summary>Takes in a newer version, or what the gateway added to the one that is held.</summary>
    /// <param name="person">The person.</param>
    /// <param name="authorised">What was let in; its details are taken out of it.</param>
    /// <param name="recordedAt">Moment of a record that does not tell its own.</param>
    /// <param name="describe">Tell what was and what is; without it a rebuild allocates less.</param>
    public Applied Apply(Pseudonym person, AuthorisedInvolvement authorised, DateTimeOffset recordedAt, bool describe = true)
    {
        var key = PersonKey.Of(person);
        var part = PartOf(key);
        var next = InvolvementRow.Pack(key, authorised, Vocabulary, recordedAt);
        lock (part.Gate)
        {
            var number = part.Find(key, Vocabulary.Parties[next.Party].Oin, next.Id);
            if (number == 0)
            {
                part.Add(next);
                return new Applied(true, false, null, describe ? new(next, Vocabulary) : null, describe ? AllOf(part, key) : []);
            }

            var held = part[number];
            if (!TryFollow(held, ref next, out var lost))
            {
                Vocabulary.Cards.Release(next.Card);
                return new Applied(false, lost, null, null, []);
            }

            var before = describe && !held.Has(RowFlags.Forgotten) ? new HeldInvolvement(held, Vocabulary) : null;
            part.Replace(number, next);
            return new Applied(true, lost, before, describe ? new(next, Vocabulary) : null, describe ? AllOf(part, key) : []);
        }
    }

    /// <summary>
    /// Forgets an involvement (tombstone). False when something newer is held than was to be forgotten. That it was forgotten is known for some days:
    /// what another gateway was still writing about it stands behind the tombstone and would bring it back.
    /// </summary>
    public bool TryForget(Pseudonym person, Oin organisation, string involvementId, long version, DateTimeOffset recordedAt)
    {
        var (key, id) = (PersonKey.Of(person), PackedId.Of(involvementId));
        var part = PartOf(key);
        lock (part.Gate)
        {
            var number = part.Find(key, organisation, id);
            if (number > 0 && part[number].Version > version)
            {
                return false;
            }

            if (number == 0)
            {
                // A tombstone without a version forgets what is held, whatever its version is.
                if (version < long.MaxValue)
                {
                    part.Add(InvolvementRow.Forget(key, organisation, id, version, recordedAt, Vocabulary));
                }

                return true;
            }

            var forgotten = InvolvementRow.Forget(key, organisation, id, version < long.MaxValue ? version : part[number].Version, recordedAt, Vocabulary);
            forgotten.OccurredAt = part[number].OccurredAt;
            part.Replace(number, forgotten);
            return true;
        }
    }

    /// <summary>The involvements about which something has to be done on this day.</summary>
    public IEnumerable<(Pseudonym Person, HeldInvolvement Involvement)> ReadDue(ushort today)
    {
        var numbers = new List<int>();
        foreach (var part in _parts)
        {
            for (var chunk = 0; ; chunk++)
            {
                List<(Pseudonym, HeldInvolvement)> due;
                lock (part.Gate)
                {
                    numbers.Clear();
                    if (!part.TryReadDue(chunk, today, numbers))
                    {
                        break;
                    }

                    due = numbers.ConvertAll(n => (part[n].Person.ToPseudonym(), new HeldInvolvement(part[n], Vocabulary)));
                }

                foreach (var one in due)
                {
                    yield return one;
                }
            }
        }
    }

    /// <summary>Who has the lead was looked at: this involvement needs no look any more, until it is reported anew.</summary>
    public void SetLeadChecked(Pseudonym person, HeldInvolvement involvement, ushort today)
    {
        if (involvement.LeadDue > today)
        {
            return;
        }

        var (key, id) = (PersonKey.Of(person), PackedId.Of(involvement.InvolvementId));
        var part = PartOf(key);
        lock (part.Gate)
        {
            if (part.Find(key, involvement.Organisation, id) is > 0 and var number && part[number].Version == involvement.Version)
            {
                part[number].Flags |= RowFlags.LeadChecked;
            }
        }
    }

    // Whether the next follows the held. Lost: what is held must be written again, for the log's last record does not say it.
    private static bool TryFollow(in InvolvementRow held, ref InvolvementRow next, out bool lost)
    {
        lost = next.Version < held.Version || (next.Version == held.Version && held.Has(RowFlags.Forgotten));
        if (next.Version != held.Version || lost)
        {
            return next.Version > held.Version;
        }

        var (was, added) = (held.Flags & RowFlags.Marks, next.Flags & RowFlags.Marks);
        lost = (was & ~added) != 0;
        if ((added & ~was) == 0)
        {
            return false;
        }

        next.Flags |= was;
        if ((was & RowFlags.Retired) != 0)
        {
            // What is over stays over.
            (next.Flags, next.EndReason, next.AuthorisedOn) = (next.Flags & ~RowFlags.Active, held.EndReason, held.AuthorisedOn);
        }

        return true;
    }

    private List<HeldInvolvement> AllOf(RowStore part, in PersonKey key)
    {
        var all = new List<HeldInvolvement>();
        for (var number = part.First(key); number > 0; number = part[number].Next)
        {
            if (part[number].Is(key) && !part[number].Has(RowFlags.Forgotten))
            {
                all.Add(new HeldInvolvement(part[number], Vocabulary));
            }
        }

        return all;
    }

    // The chains use the low bits.
    private RowStore PartOf(in PersonKey key) => _parts[(uint)key.GetHashCode() >> 28];
}

/// <summary>What came of taking in one record.</summary>
/// <param name="Changed">It had effect.</param>
/// <param name="Lost">It stands in the log behind something newer: compaction would keep the wrong one, unless what is held is written again.</param>
/// <param name="Before">The involvement before; null when it is new.</param>
/// <param name="After">The involvement after.</param>
/// <param name="All">All involvements with the person after it.</param>
internal readonly record struct Applied(
    bool Changed, bool Lost, HeldInvolvement? Before, HeldInvolvement? After, IReadOnlyList<HeldInvolvement> All);
