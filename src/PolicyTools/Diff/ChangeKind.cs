namespace Keten.PolicyTools.Diff;

/// <summary>What a change does, what needs the most attention first.</summary>
public enum ChangeKind
{
    /// <summary>Refused before, allowed now.</summary>
    Opens,

    /// <summary>Allowed before and now, with more fields, with an obligation less, or kept longer.</summary>
    Widens,

    /// <summary>Allowed before, refused now.</summary>
    Closes,

    /// <summary>Allowed before and now, with fewer fields, an obligation more, or kept shorter.</summary>
    Narrows,

    /// <summary>Another reason, another legal basis; neither more nor less.</summary>
    Differs,
}
