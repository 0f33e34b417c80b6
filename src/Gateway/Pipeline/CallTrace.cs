using System.Diagnostics;

namespace Keten.Gateway.Pipeline;

/// <summary>Where the call stands in the W3C trace. Every record has one: a trace begins here when none came in.</summary>
internal readonly record struct CallTrace(ActivityTraceId TraceId, ActivitySpanId SpanId, ActivitySpanId? Parent)
{
    public static CallTrace Current() => Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity
        ? new CallTrace(activity.TraceId, activity.SpanId, activity.ParentSpanId == default ? null : activity.ParentSpanId)
        : new CallTrace(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), null);

    /// <summary>A span of this gateway under what a message or question brought along; a new trace when that is nothing.</summary>
    public static CallTrace Under(string traceParent) => ActivityContext.TryParse(traceParent, null, out var given)
        ? new CallTrace(given.TraceId, ActivitySpanId.CreateRandom(), given.SpanId)
        : Current();
}
