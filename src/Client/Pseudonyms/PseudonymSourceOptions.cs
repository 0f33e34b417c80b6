using Keten.Contracts.Identifiers;

namespace Keten.Client.Pseudonyms;

/// <summary>Where pseudonyms come from: the same for every participant of a federation.</summary>
public sealed class PseudonymSourceOptions
{
    /// <summary>The two evaluators, each with <c>Address</c> and <c>Oin</c>, run by two parties.</summary>
    public List<PseudonymEvaluatorOptions> Evaluators { get; set; } = [];

    /// <summary>The federation's <c>pseudonym-keys.json</c>: scope and keys. Read again while running.</summary>
    public string KeysFile { get; set; } = "";

    /// <summary>How long one batch may take, retries included.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Development only: one evaluator with the whole key. Whoever runs it can rebuild every BSN from pseudonyms. Announces itself at start.</summary>
    public bool AllowSingleEvaluator { get; set; }

    /// <summary>All faults, each with key, fault and remedy; empty when the options can be used.</summary>
    public IReadOnlyList<string> Validate(string section)
    {
        var faults = new List<string>();
        if (Evaluators.Count != 2 && !(Evaluators.Count == 1 && AllowSingleEvaluator))
        {
            faults.Add($"{section}:{nameof(Evaluators)} has {Evaluators.Count}: give the federation's two evaluators, with Address and Oin each"
                + (Evaluators.Count == 1 ? $"; one alone is for development, with {nameof(AllowSingleEvaluator)}." : "."));
        }

        foreach (var (index, evaluator) in Evaluators.Index())
        {
            if (evaluator.Address is not { IsAbsoluteUri: true, Scheme: "https" })
            {
                faults.Add($"{section}:{nameof(Evaluators)}:{index}:Address is no https address: for instance https://evaluator-a.example:8543.");
            }

            if (!Oin.TryParse(evaluator.Oin, out _))
            {
                faults.Add($"{section}:{nameof(Evaluators)}:{index}:Oin is no OIN: 20 letters or digits, as in the evaluator's certificate.");
            }
        }

        if (Evaluators.Count == 2 && Evaluators[0].Oin == Evaluators[1].Oin)
        {
            faults.Add($"{section}:{nameof(Evaluators)}: both have the same OIN: two parties must run them, or the split protects nobody.");
        }

        if (!File.Exists(KeysFile))
        {
            faults.Add($"{section}:{nameof(KeysFile)} names '{KeysFile}', which does not exist: take pseudonym-keys.json from the federation.");
        }

        if (Deadline <= TimeSpan.Zero || Deadline > TimeSpan.FromMinutes(10))
        {
            faults.Add($"{section}:{nameof(Deadline)} is outside 1 ms to 10 minutes: leave it out for the default.");
        }

        return faults;
    }
}
