using Keten.Adapters.Sdk.Ports;
using Keten.Client.Pseudonyms;

namespace Keten.Adapters.Sdk.Pseudonyms;

/// <summary>What may be logged of an exception from directory or evaluators.</summary>
internal static class Problems
{
    /// <summary>The type; the message only where its text is promised to hold no BSN: a driver puts values into its own.</summary>
    public static string Describe(Exception problem) =>
        problem is SourceUnavailableException or PseudonymException ? problem.Message : problem.GetType().FullName ?? "";
}
