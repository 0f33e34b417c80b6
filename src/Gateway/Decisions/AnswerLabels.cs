using System.Globalization;
using Keten.Contracts;
using Keten.Policy;

namespace Keten.Gateway.Decisions;

/// <summary>What the receiver must know without opening the answer: how long it may be kept, and that it may not go further.</summary>
internal static class AnswerLabels
{
    private static readonly string[] Labels = [ObligationIds.NoOnwardSharing, ObligationIds.NoOnwardSharingOutsideCase];

    /// <summary>Sets both headers, or takes off what the other side wrote there: only the gateway may say this.</summary>
    public static void Write(PolicyDecision decision, IHeaderDictionary headers)
    {
        headers.Remove(KetenHeaders.RetentionDays);
        headers.Remove(KetenHeaders.Label);
        if (decision.RetentionDays > 0)
        {
            headers[KetenHeaders.RetentionDays] = decision.RetentionDays.ToString(CultureInfo.InvariantCulture);
        }

        var label = string.Join(',', decision.Obligations.Where(o => Labels.Contains(o, StringComparer.Ordinal)));
        if (label.Length > 0)
        {
            headers[KetenHeaders.Label] = label;
        }
    }
}
