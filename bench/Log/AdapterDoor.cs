using System.Text.RegularExpressions;

namespace Keten.Bench.Log;

/// <summary>
/// What the gRPC framework of an adapter says of each message it reads, before any service of the adapter sees it: a count that owes nothing to
/// what is counted here. Its line has path and trace in the scope of the request, and nothing of the call.
/// </summary>
internal static partial class AdapterDoor
{
    private const string Category = "Grpc.AspNetCore.Server.ServerCallHandler";

    /// <summary>Environment that makes an adapter say so, a request a line.</summary>
    public static IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        [$"Logging__LogLevel__{Category}"] = "Debug",
        ["Logging__Console__FormatterOptions__IncludeScopes"] = "true",
        ["Logging__Console__FormatterOptions__SingleLine"] = "true",
    };

    /// <summary>Trace ids of the calls of one service, from what the process said.</summary>
    /// <exception cref="InvalidDataException">A request came in without one: then nothing can be told.</exception>
    public static IEnumerable<string> Traces(string logFile, string service) =>
        File.ReadLines(logFile)
            .Where(line => line.StartsWith($"dbug: {Category}[", StringComparison.Ordinal) && line.Contains("Reading message.", StringComparison.Ordinal)
                && line.Contains(service, StringComparison.Ordinal))
            .Select(line => TraceId().Match(line) is { Success: true } trace
                ? trace.Groups[1].Value : throw new InvalidDataException($"{logFile}: a request came in without a trace id"));

    [GeneratedRegex("TraceId:([0-9a-f]{32})")]
    private static partial Regex TraceId();
}
