using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;
using Description = Keten.Protocol.V1.Involvement;

namespace Keten.Gateway.Involvement.View;

/// <summary>One involvement as the view held it at a moment; a copy, so that it never changes.</summary>
internal sealed class HeldInvolvement
{
    private readonly InvolvementRow _row;
    private readonly Vocabulary _vocabulary;
    private readonly Oin _organisation;
    private readonly string _organisationType;
    private Description? _details;

    public HeldInvolvement(in InvolvementRow row, Vocabulary vocabulary)
    {
        _row = row;
        _vocabulary = vocabulary;
        (_organisation, _organisationType) = vocabulary.Parties[row.Party];
        InvolvementId = row.Id.ToString();
    }

    public Oin Organisation => _organisation;

    /// <summary>What its organisation was when it reported; what it is now, the registry says.</summary>
    public string OrganisationType => _organisationType;

    public string InvolvementId { get; }

    /// <summary>Only a higher one has effect; remembered after the end for that reason.</summary>
    public long Version => _row.Version;

    public string Purpose => _vocabulary.Purposes[_row.Purpose];

    public bool Active => _row.Has(RowFlags.Active);

    /// <summary>Not held any more: of what was, only id, version and moment are known.</summary>
    public bool Forgotten => _row.Has(RowFlags.Forgotten);

    /// <summary>Nobody learns of it (M4).</summary>
    public bool Shielded => _row.Has(RowFlags.Shielded);

    /// <summary>Not reported by the organisation: it invited or was invited, and that counts for <see cref="Purpose"/> only.</summary>
    public bool ForPurposeOnly => _row.Has(RowFlags.Invitation | RowFlags.Convener);

    /// <summary>Told that it ends soon.</summary>
    public bool Reminded => _row.Has(RowFlags.Reminded);

    /// <summary>It was passed on that nobody has the lead.</summary>
    public bool LeadEscalated => _row.Has(RowFlags.LeadEscalated);

    /// <summary>This organisation has the case lead.</summary>
    public bool Leads => _row.Has(RowFlags.Lead);

    /// <summary>Why the gateway ended it; unspecified when its organisation did, or nobody.</summary>
    public EndReason EndReason => (EndReason)_row.EndReason;

    /// <summary>Seconds since 2000 by its organisation's clock; 0 when not told.</summary>
    public uint OccurredAt => _row.OccurredAt;

    public ushort ActiveSince => _row.ActiveSince;

    public ushort AgeLimitOn => _row.AgeLimitOn;

    /// <summary>When it ends by itself, and why.</summary>
    public (ushort Day, EndReason Reason) Ends => Lifetime.EndOf(_row);

    /// <summary>All fields reported so far. Not to be changed.</summary>
    public Description Details => _details ??= _row.Details();

    /// <summary>The day on which its organisation is told that it ends soon; far away when it was.</summary>
    public ushort ReminderDue => Lifetime.ReminderOf(_row);

    /// <summary>The day on which the question who has the lead must have been answered; far away when it need not be looked at.</summary>
    public ushort LeadDue => Lifetime.LeadDueOf(_row);

    public string DecisionId => _row.DecisionId;

    public IReadOnlyList<string> Obligations =>
        _vocabulary.Obligations[_row.Obligations] is { Length: > 0 } joined ? joined.Split('\n') : [];

    /// <summary>The record that says what is held, without what only its authorisation needed.</summary>
    public AuthorisedInvolvement ToAuthorised() => new()
    {
        Oin = Organisation.Value,
        OrganisationType = OrganisationType,
        DecisionId = DecisionId,
        Obligations = { Obligations },
        Invitation = _row.Has(RowFlags.Invitation),
        Convener = _row.Has(RowFlags.Convener),
        AuthorisedAt = PackedDay.ToTimestamp(_row.AuthorisedOn),
        ActiveSince = PackedDay.ToTimestamp(_row.ActiveSince),
        EndReason = EndReason,
        Reminded = Reminded,
        LeadEscalated = LeadEscalated,
        AgeLimitOn = AgeLimitOn == 0 ? "" : PackedDay.ToText(AgeLimitOn),
        Event = new InvolvementChanged
        {
            Change = Active ? Change.Started : Change.Ended,
            InvolvementId = InvolvementId,
            Version = Version,
            Subject = _row.Person.ToPseudonym().Value,
            Purpose = Purpose,
            Shielded = Shielded,
            OccurredAt = _row.OccurredAtTimestamp(),
            Involvement = Details.Clone(),
        },
    };
}
