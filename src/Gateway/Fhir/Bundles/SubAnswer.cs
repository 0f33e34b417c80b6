using Hl7.Fhir.Model;

namespace Keten.Gateway.Fhir.Bundles;

/// <summary>What a question that was part of another was answered with.</summary>
/// <param name="Bundle">The searchset; null when it was refused or failed.</param>
/// <param name="Outcome">Why; null when there is a searchset.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="DecisionId">Of the decision that was recorded for it; empty when none was made.</param>
/// <param name="Headers">Of the answer, the terms among them.</param>
internal sealed record SubAnswer(Bundle? Bundle, OperationOutcome? Outcome, int Status, string DecisionId, IHeaderDictionary Headers)
{
    /// <summary>Nobody answered in time: what else would be asked there has the same end.</summary>
    public bool IsSilence => Status == StatusCodes.Status504GatewayTimeout || Headers[Contracts.KetenHeaders.Reason] == Contracts.Refusals.TargetNotReachable.Code;
}
