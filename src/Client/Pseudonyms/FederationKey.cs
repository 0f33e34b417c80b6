namespace Keten.Client.Pseudonyms;

/// <summary>One key of the federation, as everybody may know it.</summary>
/// <param name="Id">What each pseudonym under it begins with.</param>
/// <param name="PublicKey">33 bytes: the sum of the evaluators' public keys.</param>
public sealed record FederationKey(string Id, byte[] PublicKey);
