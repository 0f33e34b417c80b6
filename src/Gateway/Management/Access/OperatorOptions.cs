namespace Keten.Gateway.Management.Access;

/// <summary>One entry of <c>Gateway:Operators</c>: a person or system that may do more at the management listener than ask for itself.</summary>
public sealed class OperatorOptions
{
    /// <summary>Who it is, as the decision log names who asked; a function or pseudonym, for instance <c>privacy-officer-1</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of the public key (SPKI) of the operator's certificate, lower-case hex. The certificate itself must be the federation's.</summary>
    public string PublicKeySha256 { get; set; } = "";

    /// <summary>One or more of <c>security-officer</c>, <c>privacy-officer</c>, <c>integration-engineer</c>, <c>operator</c>.</summary>
    public IReadOnlyList<string> Roles { get; set; } = [];
}
