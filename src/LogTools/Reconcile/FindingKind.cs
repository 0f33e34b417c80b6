namespace Keten.LogTools.Reconcile;

/// <summary>In what a gateway's log and an adapter's record do not agree.</summary>
public enum FindingKind
{
    /// <summary>The adapter disclosed, and no gateway's log permits it.</summary>
    DisclosureWithoutPermit,

    /// <summary>The adapter refused, and no gateway's log knows of the call.</summary>
    RefusalWithoutDecision,

    /// <summary>The gateway says the call ended well, and the adapter has no line of it.</summary>
    PermitWithoutDisclosure,

    /// <summary>The adapter disclosed fields the decision does not give.</summary>
    FieldsBeyondDecision,

    /// <summary>One says it was disclosed, the other that it was refused; or they name other fields.</summary>
    OutcomeDiffers,

    /// <summary>The same decision id, and another caller, target, purpose, operation or transaction.</summary>
    CallDiffers,
}
