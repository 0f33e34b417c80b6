namespace Keten.Gateway.Management.Access;

/// <summary>What an operator may be, and so may do.</summary>
internal static class OperatorRoles
{
    public const string SecurityOfficer = "security-officer";
    public const string PrivacyOfficer = "privacy-officer";
    public const string IntegrationEngineer = "integration-engineer";
    public const string Operator = "operator";

    /// <summary>Every role.</summary>
    public static IReadOnlyList<string> All { get; } = [SecurityOfficer, PrivacyOfficer, IntegrationEngineer, Operator];

    /// <summary>Who may ask beforehand for any organisation: an answer can show who is involved with whom.</summary>
    public static IReadOnlyList<string> AskForAny { get; } = [SecurityOfficer, PrivacyOfficer];

    /// <summary>Who may read every decision on the log.</summary>
    public static IReadOnlyList<string> ReadLog { get; } = [SecurityOfficer, PrivacyOfficer];

    /// <summary>Who may have a person erased from the log.</summary>
    public static IReadOnlyList<string> EraseSubject { get; } = [PrivacyOfficer];

    /// <summary>Who may have the policy's source looked at now.</summary>
    public static IReadOnlyList<string> LoadPolicy { get; } = [PrivacyOfficer, Operator];
}
