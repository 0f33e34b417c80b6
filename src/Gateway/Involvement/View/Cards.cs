using Description = Keten.Protocol.V1.Involvement;
using Google.Protobuf;

namespace Keten.Gateway.Involvement.View;

/// <summary>
/// Who to call, as protobuf bytes. The involvements of one desk or professional say the same, so each text is kept once, as long as one of them
/// uses it.
/// </summary>
internal sealed class Cards
{
    private readonly Lock _gate = new();
    private readonly HashSet<Card> _cards = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _cards.Count;
            }
        }
    }

    public Card? Take(Description details)
    {
        var card = new Card(details.ToByteArray());
        if (card.Bytes.Length == 0)
        {
            return null;
        }

        lock (_gate)
        {
            if (_cards.TryGetValue(card, out var known))
            {
                known.Uses++;
                return known;
            }

            _cards.Add(card);
            return card;
        }
    }

    public void Release(Card? card)
    {
        lock (_gate)
        {
            if (card is not null && --card.Uses == 0)
            {
                _cards.Remove(card);
            }
        }
    }
}

/// <summary>One text. Equal when the bytes are.</summary>
internal sealed class Card(byte[] bytes) : IEquatable<Card>
{
    public byte[] Bytes => bytes;

    /// <summary>Counted by <see cref="Cards"/>.</summary>
    public int Uses { get; set; } = 1;

    public Description Read() => Description.Parser.ParseFrom(bytes);

    public bool Equals(Card? other) => other is not null && bytes.AsSpan().SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => Equals(obj as Card);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }
}
