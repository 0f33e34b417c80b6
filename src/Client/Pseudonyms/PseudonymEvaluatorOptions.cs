namespace Keten.Client.Pseudonyms;

/// <summary>One evaluator.</summary>
public sealed class PseudonymEvaluatorOptions
{
    /// <summary>For instance <c>https://evaluator-a.example:8543</c>.</summary>
    public Uri? Address { get; set; }

    /// <summary>OIN its certificate must carry.</summary>
    public string Oin { get; set; } = "";
}
