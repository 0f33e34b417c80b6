namespace Keten.Contracts.Identifiers;

/// <summary>
/// The one way from a BSN to a pseudonym. Today's implementation is for development (a keyed hash); the oblivious one, where evaluators never
/// see the BSN, replaces it behind this interface.
/// </summary>
public interface IPseudonymSource
{
    /// <summary>Pseudonyms in the order of the numbers.</summary>
    /// <param name="bsns">At most 1,000 numbers of nine digits that pass the elfproef.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">A number does not pass the elfproef; the number is not in the message.</exception>
    Task<IReadOnlyList<Pseudonym>> EvaluateAsync(IReadOnlyList<string> bsns, CancellationToken cancellationToken);
}
