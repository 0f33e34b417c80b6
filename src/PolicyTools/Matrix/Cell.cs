namespace Keten.PolicyTools.Matrix;

/// <summary>What one organisation type may do with one category for one purpose, at best.</summary>
public sealed record Cell(string Purpose, string Caller, string Category, IReadOnlyList<Access> Access)
{
    /// <summary>Each operation with the number of different fields it can give, for instance <c>read 13</c>.</summary>
    public IEnumerable<(string Operation, int Fields)> Operations => Access.GroupBy(access => access.Operation)
        .Select(group => (group.Key, group.SelectMany(access => access.Fields).Distinct().Count()));

    /// <summary>Puts what is open into cells.</summary>
    public static IReadOnlyList<Cell> Of(IEnumerable<OpenCombination> open) =>
    [
        .. open.GroupBy(o => (o.Combination.Purpose, o.Combination.Caller, o.Combination.Category))
            .Select(cell => new Cell(cell.Key.Purpose, cell.Key.Caller, cell.Key.Category, [.. cell.GroupBy(o => o.Combination.Operation).SelectMany(AccessOf)])),
    ];

    private static IEnumerable<Access> AccessOf(IGrouping<string, OpenCombination> operation) =>
        from target in operation.GroupBy(o => (o.Combination.Target, Fields: string.Join(' ', o.Answer.Fields)))
        let roles = target.Select(o => o.Combination.Role).Distinct().ToList()
        group target by (target.Key.Fields, Roles: string.Join(' ', roles)) into alike
        select new Access(
            operation.Key, alike.Key.Roles.Split(' '), [.. alike.Select(target => target.Key.Target)], alike.First().First().Answer.Fields);
}
