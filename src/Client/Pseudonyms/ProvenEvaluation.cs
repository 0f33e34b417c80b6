using Keten.Oprf;

namespace Keten.Client.Pseudonyms;

/// <summary>What one evaluator gave and proved.</summary>
internal sealed record ProvenEvaluation(GroupElement PublicKey, IReadOnlyList<GroupElement> Elements, int Epoch);
