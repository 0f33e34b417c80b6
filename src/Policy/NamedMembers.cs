namespace Keten.Policy;

/// <summary>
/// Which of the members that identify a call, and rarely matter to a decision, the rules of a bundle name at all. What no rule names, no rule
/// can ask for, and the embedded engine need not parse it: these are two fifths of the input's bytes.
/// </summary>
internal readonly record struct NamedMembers(bool Id, bool Actor, bool ProcessingActivity, bool Time, bool TraceParent)
{
    /// <summary>The whole document, as other engines get it.</summary>
    public static NamedMembers All { get; } = new(true, true, true, true, true);

    public static NamedMembers In(PolicyBundle bundle) => new(
        bundle.MayName("id"u8), bundle.MayName("actor"u8), bundle.MayName("processing_activity_id"u8), bundle.MayName("time"u8),
        bundle.MayName("traceparent"u8));
}
