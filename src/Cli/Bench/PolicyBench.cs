using System.Diagnostics;
using System.Text.Json;
using Keten.Policy;

namespace Keten.Cli.Bench;

/// <summary>Time per decision of the embedded engine, from the call's values to the answer, one after the other on one core.</summary>
internal static class PolicyBench
{
    /// <summary>What was measured; times in microseconds.</summary>
    public sealed record Result(string Revision, int Decisions, double Allowed, double P50, double P90, double P99, double Mean, double Fastest, double BytesPerDecision);

    /// <summary>Decides every question in turn until <paramref name="decisions"/> were made, after a warm-up of a fifth of that.</summary>
    public static async Task<Result> RunAsync(WasmPolicyEngine engine, IReadOnlyList<PolicyInput> questions, int decisions, CancellationToken cancellationToken)
    {
        for (var i = 0; i < decisions / 5; i++)
        {
            await engine.DecideAsync(questions[i % questions.Count], cancellationToken);
        }

        var times = new double[decisions];
        var allowed = 0;
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < decisions; i++)
        {
            var started = Stopwatch.GetTimestamp();
            var decision = await engine.DecideAsync(PolicyBenchQuestions.Anew(questions[i % questions.Count]), cancellationToken);
            times[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            allowed += decision.Allow ? 1 : 0;
        }

        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        Array.Sort(times);
        return new Result(
            engine.Revision, decisions, (double)allowed / decisions, At(0.50), At(0.90), At(0.99), times.Average(), times[0], (double)bytes / decisions);

        double At(double share) => Math.Round(times[(int)(share * (decisions - 1))], 2);
    }

    public static string Text(Result result, int questions) => $"""
        Time per decision, embedded engine, one core, from building the input to the answer read
        Policy revision {result.Revision}, {result.Decisions:N0} decisions over {questions} different questions, {result.Allowed:P0} allowed

          p50   {result.P50,8:N2} µs
          p90   {result.P90,8:N2} µs
          p99   {result.P99,8:N2} µs
          mean  {result.Mean,8:N2} µs   {result.BytesPerDecision:N0} bytes allocated each
        """;

    public static string Json(Result result, int questions) => JsonSerializer.Serialize(
        new
        {
            policyRevision = result.Revision,
            decisions = result.Decisions,
            questions,
            allowedShare = Math.Round(result.Allowed, 3),
            microseconds = new { p50 = result.P50, p90 = result.P90, p99 = result.P99, mean = Math.Round(result.Mean, 2), fastest = Math.Round(result.Fastest, 2) },
            bytesAllocatedPerDecision = Math.Round(result.BytesPerDecision),
        });
}
