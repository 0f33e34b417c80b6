using Microsoft.Extensions.Options;

namespace Keten.DecisionLog;

internal sealed class DecisionLogOptionsValidator : IValidateOptions<DecisionLogOptions>
{
    private const long MinSegmentBytes = 64L << 10;
    private const long MaxSegmentBytes = 1L << 30;

    public ValidateOptionsResult Validate(string? name, DecisionLogOptions options)
    {
        var faults = new List<string>();
        if (string.IsNullOrWhiteSpace(options.Directory))
        {
            faults.Add("Gateway:DecisionLog:Directory is empty; set it to a directory on a local disk that only this gateway writes.");
        }

        if (options.SegmentBytes is < MinSegmentBytes or > MaxSegmentBytes)
        {
            faults.Add($"Gateway:DecisionLog:SegmentBytes is {options.SegmentBytes}; choose from {MinSegmentBytes} to {MaxSegmentBytes} bytes.");
        }

        if (options.MaxPending is < 1 or > 1_000_000)
        {
            faults.Add($"Gateway:DecisionLog:MaxPending is {options.MaxPending}; choose from 1 to 1000000 records.");
        }

        if (options.AppendTimeout <= TimeSpan.Zero || options.AppendTimeout > TimeSpan.FromMinutes(1))
        {
            faults.Add($"Gateway:DecisionLog:AppendTimeout is {options.AppendTimeout}; choose more than zero and at most one minute.");
        }

        if (options.Retention < DecisionLogOptions.FiveYears || options.Retention > DecisionLogOptions.FiveYears * 20)
        {
            faults.Add($"Gateway:DecisionLog:Retention is {options.Retention}; choose from {DecisionLogOptions.FiveYears} (five years, NEN 7513) to a hundred years.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
