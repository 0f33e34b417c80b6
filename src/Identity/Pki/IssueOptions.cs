namespace Keten.Identity.Pki;

/// <summary>What an issued certificate may differ in.</summary>
public sealed record IssueOptions
{
    /// <summary>DNS names or addresses beside localhost, 127.0.0.1 and ::1.</summary>
    public IReadOnlyCollection<string> Hosts { get; init; } = [];

    /// <summary>From when; null: five minutes ago, for clocks that run behind.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>How long; a year by default.</summary>
    public TimeSpan Validity { get; init; } = TimeSpan.FromDays(365);
}
