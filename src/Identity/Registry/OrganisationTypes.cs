namespace Keten.Identity;

/// <summary>Organisation types of the register that may take part (domain.md, section 1). <c>gateway</c> is a target only, so it is not here.</summary>
public static class OrganisationTypes
{
    /// <summary>The fifteen ids.</summary>
    public static IReadOnlyCollection<string> Known { get; } =
    [
        "gemeente", "wijkteam", "veilig-thuis", "raad", "gecertificeerde-instelling", "politie", "openbaar-ministerie", "ggd", "huisarts", "ggz",
        "maatschappelijk-werk", "schuldhulp", "onderwijs", "zvh", "inwoner-portaal",
    ];
}
