using System.Text.RegularExpressions;

namespace Keten.Bench.Log;

/// <summary>
/// What the web server of an adapter says of the requests that come in, before any code of the adapter sees them: a count that owes nothing to
/// what is counted here. It names path and trace, and nothing of the call.
/// </summary>
internal static partial class AdapterDoor
{
    private const string Category = "Microsoft.AspNetCore.Hosting.Diagnostics";

    /// <summary>Environment that makes an adapter say so, a request a line.</summary>
    public static IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        [$"Logging__LogLevel__{Category}"] = "Information",
        ["Logging__Console__FormatterOptions__IncludeScopes"] = "true",
        ["Logging__Console__FormatterOptions__SingleLine"] = "true",
    };

    /// <summary>Trace ids of the calls of one service, from what the process said.</summary>
    /// <exception cref="InvalidDataException">A request came in without one: then nothing can be told.</exception>
    public static IEnumerable<string> Traces(string logFile, string service) =>
        File.ReadLines(logFile)
            .Where(line => line.StartsWith($"info: {Category}[1]", StringComparison.Ordinal) && line.Contains("Request starting", StringComparison.Ordinal)
                && line.Contains(service, StringComparison.Ordinal))
            .Select(line => TraceId().Match(line) is { Success: true } trace
                ? trace.Groups[1].Value : throw new InvalidDataException($"{logFile}: a request came in without a trace id"));

    [GeneratedRegex("TraceId:([0-9a-f]{32})")]
    private static partial Regex TraceId();
}
