namespace Keten.PolicyTools;

/// <summary>An entry of the register and what people call it.</summary>
/// <param name="Id">Stable id.</param>
/// <param name="Nl">Dutch name.</param>
/// <param name="En">English name.</param>
public sealed record Named(string Id, string Nl, string En)
{
    /// <summary>The name in <c>nl</c> or <c>en</c>.</summary>
    public string In(string language) => language == "nl" ? Nl : En;
}
