using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;
using Description = Keten.Protocol.V1.Involvement;

namespace Keten.Gateway.Involvement.View;

/// <summary>One involvement as the view holds it; never changed, only replaced.</summary>
internal sealed class HeldInvolvement
{
    public HeldInvolvement(AuthorisedInvolvement authorised)
    {
        var report = authorised.Event;
        Organisation = Oin.Parse(string.Intern(authorised.Oin));
        OrganisationType = string.Intern(authorised.OrganisationType);
        InvolvementId = report.InvolvementId;
        Version = report.Version;
        Purpose = string.Intern(report.Purpose);
        Active = report.Change != Change.Ended;
        Shielded = report.Shielded;
        Invitation = authorised.Invitation;
        Details = report.Involvement ?? new Description();
        DecisionId = authorised.DecisionId;
        Obligations = [.. authorised.Obligations.Select(string.Intern)];
    }

    public Oin Organisation { get; }

    public string OrganisationType { get; }

    public string InvolvementId { get; }

    /// <summary>Only a higher one has effect; remembered after the end for that reason.</summary>
    public long Version { get; }

    public string Purpose { get; }

    public bool Active { get; }

    /// <summary>Nobody learns of it (M4).</summary>
    public bool Shielded { get; }

    /// <summary>Not reported by the organisation: it was invited, and that counts for <see cref="Purpose"/> only.</summary>
    public bool Invitation { get; }

    /// <summary>All fields reported so far.</summary>
    public Description Details { get; }

    public string DecisionId { get; }

    public IReadOnlyList<string> Obligations { get; }
}
