using Google.Protobuf.WellKnownTypes;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;
using Description = Keten.Protocol.V1.Involvement;

namespace Keten.Gateway.Involvement.View;

/// <summary>
/// One involvement in 120 bytes. A million of them fit in memory because what they have in common stands elsewhere
/// (<see cref="Vocabulary"/>), and because numbers take the place of texts wherever the text can be made again.
/// </summary>
internal struct InvolvementRow
{
    private const string StatusActive = "active";
    private const string StatusEnded = "ended";
    private static readonly DateTime Epoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private ulong _personA, _personB, _personC, _personD;
    private uint _keyIdLow;
    private ushort _keyIdHigh;
    private Guid _id;
    private Guid _decision;

    // A card, a string for a long id, or both.
    private object? _extra;

    public long Version;

    /// <summary>Next row of the chain, or of the free ones; 0 is none.</summary>
    public int Next;
    public int Party;
    public RowFlags Flags;

    /// <summary>Seconds since 2000 by the reporter's clock; 0 when not told.</summary>
    public uint OccurredAt;
    public ushort Purpose, Obligations;
    public ushort StartedOn, EndedOn, ConfirmedOn;

    /// <summary>Day on which the gateway let this version in.</summary>
    public ushort AuthorisedOn;
    public ushort ActiveSince, AgeLimitOn;
    public byte EndReason;

    public PersonKey Person
    {
        readonly get => new(_personA, _personB, _personC, _personD, _keyIdLow | ((ulong)_keyIdHigh << 32));
        set => (_personA, _personB, _personC, _personD, _keyIdLow, _keyIdHigh) =
            (value.A, value.B, value.C, value.D, (uint)value.KeyId, (ushort)(value.KeyId >> 32));
    }

    public readonly PackedId Id => new(_id, Has(RowFlags.TextId), _extra as string ?? (_extra as NamedCard)?.Id);

    public readonly Card? Card => _extra as Card ?? (_extra as NamedCard)?.Card;

    public readonly string DecisionId => _decision == Guid.Empty ? "" : _decision.ToString("D");

    public readonly bool Is(in PersonKey person) =>
        _personA == person.A && _personB == person.B && _personC == person.C && _personD == person.D
        && _keyIdLow == (uint)person.KeyId && _keyIdHigh == (ushort)(person.KeyId >> 32);

    public readonly bool Is(in PackedId id) => _id == id.Value && Id == id;

    public readonly bool Has(RowFlags flag) => (Flags & flag) != 0;

    /// <summary>Takes a card of the vocabulary: release it when the row goes.</summary>
    /// <param name="person">The person.</param>
    /// <param name="authorised">What was let in; its details are taken out of it.</param>
    /// <param name="vocabulary">Where the common parts stand.</param>
    /// <param name="recordedAt">Day of a record that does not tell itself.</param>
    public static InvolvementRow Pack(in PersonKey person, AuthorisedInvolvement authorised, Vocabulary vocabulary, DateTimeOffset recordedAt)
    {
        var report = authorised.Event;
        var id = PackedId.Of(report.InvolvementId);
        var authorisedOn = authorised.AuthorisedAt is { } at ? PackedDay.Of(at) : PackedDay.Of(recordedAt);
        var row = new InvolvementRow
        {
            Person = person,
            _id = id.Value,
            _decision = Guid.TryParseExact(authorised.DecisionId, "D", out var decision) ? decision : Guid.Empty,
            Version = report.Version,
            Party = vocabulary.Parties.NumberOf((Oin.Parse(authorised.Oin), authorised.OrganisationType)),
            Purpose = checked((ushort)vocabulary.Purposes.NumberOf(report.Purpose)),
            Obligations = checked((ushort)vocabulary.Obligations.NumberOf(string.Join('\n', authorised.Obligations))),
            OccurredAt = Seconds(report.OccurredAt),
            AuthorisedOn = authorisedOn,
            ActiveSince = authorised.ActiveSince is { } since ? PackedDay.Of(since) : authorisedOn,
            AgeLimitOn = PackedDay.TryParse(authorised.AgeLimitOn, out var ageLimit) ? ageLimit : (ushort)0,
            EndReason = (byte)authorised.EndReason,
            Flags = FlagsOf(authorised) | (id.IsText ? RowFlags.TextId : 0),
        };
        var card = report.Involvement is null ? null : row.PackDetails(report.Involvement, report.InvolvementId, vocabulary);
        row._extra = id.Long is null ? card : card is null ? id.Long : new NamedCard(id.Long, card);
        return row;
    }

    /// <summary>What stays of an involvement that is forgotten: that it was there.</summary>
    public static InvolvementRow Forget(in PersonKey person, Oin organisation, in PackedId id, long version, DateTimeOffset on, Vocabulary vocabulary) => new()
    {
        Person = person,
        _id = id.Value,
        _extra = id.Long,
        Version = version,
        Party = vocabulary.Parties.NumberOf((organisation, "")),
        Purpose = checked((ushort)vocabulary.Purposes.NumberOf("")),
        Obligations = checked((ushort)vocabulary.Obligations.NumberOf("")),
        AuthorisedOn = PackedDay.Of(on),
        Flags = RowFlags.Forgotten | (id.IsText ? RowFlags.TextId : 0),
    };

    public readonly Description Details()
    {
        var details = Card?.Read() ?? new Description();
        if (Has(RowFlags.IdInDetails))
        {
            details.InvolvementId = Id.ToString();
        }

        if (StartedOn > 0)
        {
            details.StartedOn = PackedDay.ToText(StartedOn);
        }

        if (EndedOn > 0)
        {
            details.EndedOn = PackedDay.ToText(EndedOn);
        }

        if (ConfirmedOn > 0)
        {
            details.LastConfirmedOn = PackedDay.ToText(ConfirmedOn);
        }

        if (Has(RowFlags.StatusActive | RowFlags.StatusEnded))
        {
            details.Status = Has(RowFlags.StatusActive) ? StatusActive : StatusEnded;
        }

        if (Has(RowFlags.LeadKnown))
        {
            details.CaseLead = Has(RowFlags.Lead);
        }

        return details;
    }

    public readonly Timestamp? OccurredAtTimestamp() => OccurredAt == 0 ? null : Epoch.AddSeconds(OccurredAt).ToTimestamp();

    public static uint Seconds(Timestamp? moment) =>
        moment is null ? 0 : (uint)Math.Clamp((moment.ToDateTime() - Epoch).TotalSeconds, 1, uint.MaxValue);

    // What can be made again from a number leaves the card.
    private Card? PackDetails(Description details, string involvementId, Vocabulary vocabulary)
    {
        if (details.HasInvolvementId && details.InvolvementId == involvementId)
        {
            Flags |= RowFlags.IdInDetails;
            details.ClearInvolvementId();
        }

        if (details.HasStartedOn && PackedDay.TryParse(details.StartedOn, out StartedOn))
        {
            details.ClearStartedOn();
        }

        if (details.HasEndedOn && PackedDay.TryParse(details.EndedOn, out EndedOn))
        {
            details.ClearEndedOn();
        }

        if (details.HasLastConfirmedOn && PackedDay.TryParse(details.LastConfirmedOn, out ConfirmedOn))
        {
            details.ClearLastConfirmedOn();
        }

        if (details.HasStatus && details.Status is StatusActive or StatusEnded)
        {
            Flags |= details.Status == StatusActive ? RowFlags.StatusActive : RowFlags.StatusEnded;
            details.ClearStatus();
        }

        if (details.HasCaseLead)
        {
            Flags |= RowFlags.LeadKnown | (details.CaseLead ? RowFlags.Lead : 0);
            details.ClearCaseLead();
        }

        return vocabulary.Cards.Take(details);
    }

    private static RowFlags FlagsOf(AuthorisedInvolvement authorised) =>
        (authorised.Event.Change == Change.Ended ? 0 : RowFlags.Active)
        | (authorised.Event.Shielded ? RowFlags.Shielded : 0)
        | (authorised.Invitation ? RowFlags.Invitation : 0)
        | (authorised.Convener ? RowFlags.Convener : 0)
        | (authorised.Reminded ? RowFlags.Reminded : 0)
        | (authorised.LeadEscalated ? RowFlags.LeadEscalated : 0)
        | (authorised.EndReason == Protocol.V1.EndReason.Unspecified ? 0 : RowFlags.Retired);

    // The rare id that fits in no sixteen bytes.
    private sealed record NamedCard(string Id, Card Card);
}
