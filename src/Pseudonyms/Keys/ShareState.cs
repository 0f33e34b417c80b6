namespace Keten.Pseudonyms;

/// <summary>Where a share is in its life.</summary>
public enum ShareState
{
    /// <summary>Evaluated.</summary>
    Active,

    /// <summary>Still evaluated, while participants go over to a newer key.</summary>
    Retiring,

    /// <summary>The share is destroyed; its id is never given again.</summary>
    Retired,
}
