using System.ComponentModel.DataAnnotations;
using Keten.Identity;

namespace Keten.Pseudonyms;

/// <summary>Section <c>Evaluator</c> of the configuration. Checked at start, all faults together.</summary>
public sealed class EvaluatorOptions
{
    public const string Section = "Evaluator";

    /// <summary>Address and port participants connect to. Port 0: any free one.</summary>
    [Required]
    public string Listen { get; set; } = "0.0.0.0:8543";

    /// <summary>Health for the platform; loopback unless configured otherwise.</summary>
    [Required]
    public string ManagementListen { get; set; } = "127.0.0.1:8544";

    /// <summary>Trust anchors, CRL, own certificate and key, participant registry.</summary>
    [Required]
    public FederationOptions Federation { get; set; } = new();

    /// <summary>This evaluator's key file (<c>keten pseudonym keygen</c>), mode 0600. Read again while running.</summary>
    [Required]
    public string KeyFile { get; set; } = "";

    /// <summary>Directory of the log of evaluations, which is also what the budgets are counted from; made when missing. One evaluator per directory.</summary>
    [Required]
    public string LogDirectory { get; set; } = "";

    /// <summary>Evaluations a participant may have on one day (UTC), unless <see cref="Budgets"/> names it.</summary>
    [Range(1, long.MaxValue)]
    public long DailyBudget { get; set; } = 50_000;

    /// <summary>Other budgets, by OIN: for instance during the import of a client base. Both evaluators must agree to it.</summary>
    public Dictionary<string, long> Budgets { get; set; } = [];

    /// <summary>Share of the budget at which an alarm is raised, once a day per participant.</summary>
    [Range(0.1, 1.0)]
    public double AlarmShare { get; set; } = 0.8;

    /// <summary>Calls per second of one participant, in the long run; three times as many at once. One call holds up to 1,000 elements.</summary>
    [Range(1, 10_000)]
    public int CallsPerSecond { get; set; } = 20;
}
