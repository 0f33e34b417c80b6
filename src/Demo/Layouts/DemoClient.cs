namespace Keten.Demo.Layouts;

/// <summary>One client as a demo organisation holds it. Values are strings, numbers, booleans, lists of strings or JSON elements, by catalogue name; what is left out stays unknown.</summary>
/// <param name="ClientId">The organisation's own id.</param>
/// <param name="Bsn">Nine digits of the test range; null where the organisation may not hold it.</param>
public sealed record DemoClient(string ClientId, string? Bsn)
{
    /// <summary>Category <c>naw</c>.</summary>
    public IReadOnlyDictionary<string, object> Naw { get; init; } = new Dictionary<string, object>();

    /// <summary>Category <c>gezinssamenstelling</c>, one dictionary a relation, in order.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, object>> Household { get; init; } = [];

    /// <summary>Category <c>betrokkenheid</c>, one dictionary an involvement.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, object>> Involvements { get; init; } = [];

    /// <summary>Category <c>plan</c>, one dictionary a step.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, object>> Plan { get; init; } = [];

    /// <summary>Category <c>crisis-intake</c>, one dictionary an intake; lists are texts one after another.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, object>> CrisisIntakes { get; init; } = [];

    /// <summary>What only this organisation knows for the policy.</summary>
    public DemoFacts Facts { get; init; } = new();

    /// <summary>Names nobody.</summary>
    public override string ToString() => nameof(DemoClient);
}
