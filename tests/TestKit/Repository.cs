namespace Keten.TestKit;

/// <summary>Where the checkout is.</summary>
public static class Repository
{
    /// <summary>The directory with KetenGateway.sln, found upwards from the test binary.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string start)
    {
        var directory = new DirectoryInfo(start);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "KetenGateway.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException($"No KetenGateway.sln above {start}.");
    }
}
