using Keten.Contracts.Identifiers;

namespace Keten.Gateway.Management.Access;

/// <summary>Who is at the management listener, as the connection proves it.</summary>
/// <param name="Name">For the decision log: <c>loopback</c>, an operator's name, or a participant's OIN.</param>
/// <param name="Organisation">A participant, which asks for itself; null: an operator.</param>
/// <param name="Roles">An operator's roles; of a participant none.</param>
/// <param name="Certificate">OIN in an operator's certificate; null on loopback, where nothing proves it.</param>
internal sealed record Asker(string Name, Oin? Organisation, IReadOnlyList<string> Roles, Oin? Certificate = null)
{
    /// <summary>On the machine itself: whoever has a shell there could read keys and log as well.</summary>
    public static Asker Loopback { get; } = new("loopback", null, OperatorRoles.All);

    public bool IsOperator => Organisation is null;

    public bool HasOneOf(IReadOnlyList<string> roles) => Roles.Any(roles.Contains);

    /// <summary>OIN of the organisation this one reviews break-glass for: a participant itself, or a privacy officer's by the own certificate; null: none.</summary>
    public string? ReviewsFor => (Organisation ?? (Roles.Contains(OperatorRoles.PrivacyOfficer) ? Certificate : null))?.Value;

    /// <summary>May this one ask what the organisation with this OIN would be allowed?</summary>
    public bool MayAskFor(string subjectId) => Organisation is { } own ? subjectId == own.Value : HasOneOf(OperatorRoles.AskForAny);
}
