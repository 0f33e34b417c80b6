using System.Diagnostics;
using Keten.TestKit;

namespace Keten.Fhir.Tests.Conformance;

/// <summary>The programs in <c>eng/npm</c>: FHIR clients and validators nobody here wrote.</summary>
internal static class NodeTools
{
    public static readonly string Folder = Path.Combine(Repository.Root, "eng", "npm");

    /// <summary>Why a test that needs them is skipped; null when they are there.</summary>
    public static string? Missing { get; } = Directory.Exists(Path.Combine(Folder, "node_modules", "@medplum", "definitions")) ? null
        : "the packages of eng/npm are not installed; ./keten test installs them where there is npm.";

    /// <summary>Starts a program with its standard streams open.</summary>
    public static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = Folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.ArgumentList.Add(program);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
