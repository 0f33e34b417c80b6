using Keten.Protocol.V1;

namespace Keten.Client;

/// <summary>What came back, and under which terms.</summary>
/// <typeparam name="T">Person, household relations, involvements.</typeparam>
/// <param name="Data">Only fields of <see cref="Disclosure.Fields"/> are set; an absent field is unknown or withheld.</param>
/// <param name="Disclosure">Fields, obligations, legal basis and retention the organisation disclosed it under.</param>
/// <param name="TransactionId">FSC transaction id, the same in every log the call touched.</param>
public sealed record Answer<T>(T Data, Disclosure Disclosure, string TransactionId);
