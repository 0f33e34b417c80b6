using Hl7.Fhir.Model;

namespace Keten.Gateway.Fhir.Bundles;

/// <summary>What a question that was part of another was answered with.</summary>
/// <param name="Bundle">The searchset; null when it was refused or failed.</param>
/// <param name="Outcome">Why; null when there is a searchset.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="DecisionId">The decision; empty when the answer does not tell.</param>
/// <param name="Headers">Of the answer, the terms among them.</param>
internal sealed record SubAnswer(Bundle? Bundle, OperationOutcome? Outcome, int Status, string DecisionId, IHeaderDictionary Headers);
