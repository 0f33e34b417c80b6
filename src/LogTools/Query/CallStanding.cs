namespace Keten.LogTools.Query;

/// <summary>How a call stands, by all that is on the log of it.</summary>
public enum CallStanding
{
    /// <summary>Permitted; ended well, or not ended as far as the log knows.</summary>
    Allowed,

    /// <summary>The answer was no.</summary>
    Refused,

    /// <summary>No decision could be made, or a permitted call did not end well.</summary>
    Failed,
}
