using Keten.Policy;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Logbook;

/// <summary>A line about a person, and what decides whether the person may see it now (R18f).</summary>
/// <param name="Line">The line.</param>
/// <param name="OccurredAt">Its moment.</param>
/// <param name="CallerType">Organisation type of who asked; null when this log does not know.</param>
/// <param name="TargetType">Of who was asked.</param>
/// <param name="Uninformed">Informing the person was postponed for safety, or that is not known.</param>
internal sealed record SubjectLine(ProcessingLine Line, DateTimeOffset OccurredAt, string? CallerType, string? TargetType, bool Uninformed)
{
    /// <summary>The question to the policy. Lines that are alike in it have one answer.</summary>
    public LoggedLine AsQuestion(bool shielded, DateTimeOffset now) =>
        new(CallerType, TargetType, Line.Purpose, Line.Category, Uninformed, shielded, (int)(now - OccurredAt).TotalDays);
}
