namespace Keten.Contracts.Identifiers;

/// <summary>
/// The one way from a BSN to a pseudonym. <c>OprfPseudonymSource</c> of the client library has the federation's evaluators make them, who never see the
/// BSN; an organisation that may not process BSNs has another one, for pseudonyms that came with a case.
/// </summary>
public interface IPseudonymSource
{
    /// <summary>Ids of the keys in use, the current one first; a second one during a rotation. Empty: one key, and it does not change.</summary>
    IReadOnlyList<string> Keys => [];

    /// <summary>Pseudonyms under the current key, in the order of the numbers.</summary>
    /// <param name="bsns">At most 1,000 numbers of nine digits that pass the elfproef.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">A number does not pass the elfproef; the number is not in the message.</exception>
    Task<IReadOnlyList<Pseudonym>> EvaluateAsync(IReadOnlyList<string> bsns, CancellationToken cancellationToken);

    /// <summary>As <see cref="EvaluateAsync"/>, under one of <see cref="Keys"/>.</summary>
    Task<IReadOnlyList<Pseudonym>> EvaluateUnderAsync(string keyId, IReadOnlyList<string> bsns, CancellationToken cancellationToken) =>
        EvaluateAsync(bsns, cancellationToken);
}
