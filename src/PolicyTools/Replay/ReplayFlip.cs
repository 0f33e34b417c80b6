using Keten.PolicyTools.Diff;

namespace Keten.PolicyTools.Replay;

/// <summary>Logged decisions of one organisation, for one purpose, that a policy answers otherwise in the same way.</summary>
/// <param name="Organisation">OIN of the caller.</param>
/// <param name="OrganisationType">Its type at the time.</param>
/// <param name="Purpose">Purpose id.</param>
/// <param name="Category">Category id.</param>
/// <param name="Operation">Operation id.</param>
/// <param name="Change">From the logged answer to the policy's.</param>
/// <param name="Count">How many.</param>
/// <param name="DecisionIds">The first few, to look up.</param>
public sealed record ReplayFlip(
    string Organisation, string OrganisationType, string Purpose, string Category, string Operation, AnswerChange Change, int Count, IReadOnlyList<string> DecisionIds);
