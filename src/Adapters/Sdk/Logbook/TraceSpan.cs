using System.Diagnostics;
using Grpc.Core;
using Keten.Contracts;

namespace Keten.Adapters.Sdk.Logbook;

/// <summary>Where a processing stands in its trace (W3C Trace Context): 32 and 16 lower-case hexadecimal digits; the parent is empty where a trace begins.</summary>
/// <param name="TraceId">The processing as a whole, the same in every organisation it touches.</param>
/// <param name="SpanId">This part of it.</param>
/// <param name="ParentSpanId">The part it follows from.</param>
public sealed record TraceSpan(string TraceId, string SpanId, string ParentSpanId)
{
    /// <summary>The call's own span. The host makes it from the caller's <c>traceparent</c>; where it does not, this does.</summary>
    internal static TraceSpan Of(ServerCallContext context) =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity
            ? new TraceSpan(activity.TraceId.ToHexString(), activity.SpanId.ToHexString(), activity.ParentSpanId == default ? "" : activity.ParentSpanId.ToHexString())
            : After(context.RequestHeaders.GetValue(KetenHeaders.TraceParent));

    /// <summary>A new span that follows from what <paramref name="traceParent"/> names; of a new trace when it names nothing.</summary>
    internal static TraceSpan After(string? traceParent) => ActivityContext.TryParse(traceParent, null, out var parent)
        ? new TraceSpan(parent.TraceId.ToHexString(), NewSpanId(), parent.SpanId.ToHexString())
        : new TraceSpan(ActivityTraceId.CreateRandom().ToHexString(), NewSpanId(), "");

    /// <summary>A new span under this one.</summary>
    internal TraceSpan Child() => new(TraceId, NewSpanId(), SpanId);

    private static string NewSpanId() => ActivitySpanId.CreateRandom().ToHexString();
}
