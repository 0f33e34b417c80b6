using Keten.Policy;

namespace Keten.Events.Tests.Exchange;

/// <summary>The register in the small: who may submit what, and the visibility of domain.md section 7 for a few types.</summary>
public sealed class ThePolicy : IPolicyEngine
{
    private static readonly string[] Submit =
    [
        "involvement_id", "organisation", "organisation_type", "contact_professional", "contact_desk", "contact_phone", "contact_email",
        "started_on", "status", "case_lead",
    ];

    private static readonly string[] Update =
    [
        "involvement_id", "contact_professional", "contact_desk", "contact_phone", "contact_email", "ended_on", "status", "case_lead",
        "last_confirmed_on",
    ];

    private static readonly string[] Full =
    [
        "organisation", "organisation_type", "contact_professional", "contact_desk", "contact_phone", "contact_email", "started_on", "ended_on",
        "status", "case_lead",
    ];

    private static readonly string[] Contact = ["organisation", "organisation_type", "contact_desk", "contact_phone", "contact_email"];

    public string Revision => "test";

    /// <summary>While true there is no answer.</summary>
    public bool IsAway { get; set; }

    /// <summary>True after a change of the policy that lets everything in that is complete.</summary>
    public bool AllowsAll { get; set; }

    public int Asked { get; private set; }

    public ValueTask<PolicyDecision> DecideAsync(PolicyInput input, CancellationToken cancellationToken)
    {
        Asked++;
        if (IsAway)
        {
            throw new PolicyUnavailableException("The policy is away.");
        }

        var code = AllowsAll ? "ALLOWED"
            : input.Caller.Status != "active" ? "PARTICIPANT_NOT_ACTIVE"
            : input.Purpose is not ("betrokkenheid-jeugd" or "betrokkenheid-volwassenen") ? "UNKNOWN_PURPOSE"
            : input.Action == "update" && !input.CallerInvolved ? "CALLER_NOT_INVOLVED"
            : input.Action == "submit" && !input.Facts.Flags.Contains(new("subject_informed", true)) ? "SUBJECT_NOT_INFORMED"
            : "ALLOWED";
        var fields = input.Action == "submit" ? Submit : Update;
        return new(new PolicyDecision
        {
            Allow = code == "ALLOWED",
            ReasonCode = code,
            CallerCode = code,
            Rule = "test",
            Fields = input.RequestedFields is { } requested ? [.. fields.Intersect(requested)] : fields,
            Obligations = ["log-disclosure"],
        });
    }

    public ValueTask<InvolvementVisibility> VisibilityAsync(
        string viewerType, string holderType, string purpose, bool shielded, CancellationToken cancellationToken)
    {
        if (IsAway)
        {
            throw new PolicyUnavailableException("The policy is away.");
        }

        var level = shielded ? "none" : (viewerType, holderType) switch
        {
            ("politie", "ggd" or "politie") => "none",
            ("politie", _) => "contact",
            ("ggd", "politie") => "contact",
            _ => "full",
        };
        return new(new InvolvementVisibility(level, level switch { "full" => Full, "contact" => Contact, _ => [] }));
    }
}
