using System.Security.Cryptography;
using System.Text;
using Keten.Contracts.Identifiers;

namespace Keten.TestKit;

/// <summary>
/// A keyed hash in the place of the evaluators, for tests that are about something else: everyone with the same word gets the same pseudonyms. Key ids may
/// change while it runs, the current one first.
/// </summary>
public sealed class HashedPseudonyms(string word = "test") : IPseudonymSource
{
    public IReadOnlyList<string> Keys { get; set; } = ["dev"];

    public Task<IReadOnlyList<Pseudonym>> EvaluateAsync(IReadOnlyList<string> bsns, CancellationToken cancellationToken) =>
        EvaluateUnderAsync(Keys[0], bsns, cancellationToken);

    public Task<IReadOnlyList<Pseudonym>> EvaluateUnderAsync(string keyId, IReadOnlyList<string> bsns, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<IReadOnlyList<Pseudonym>>(
            [.. bsns.Select(bsn => Pseudonym.Create(keyId, HMACSHA256.HashData(Encoding.UTF8.GetBytes(word + keyId), Encoding.ASCII.GetBytes(bsn))))]);
    }
}
