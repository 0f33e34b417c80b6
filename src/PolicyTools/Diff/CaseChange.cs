namespace Keten.PolicyTools.Diff;

/// <summary>A case that two policies answer differently.</summary>
/// <param name="Id">Id of the case.</param>
/// <param name="Line">Line of the file.</param>
/// <param name="Change">What changed.</param>
public sealed record CaseChange(string Id, int Line, AnswerChange Change);
