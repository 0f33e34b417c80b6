namespace Keten.Conventions.Tests;

internal static class Broken
{
    /// <summary>Fails with every line, where <c>Assert.Empty</c> would cut them short.</summary>
    public static void None(IEnumerable<string> faults)
    {
        var all = faults.ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }
}
