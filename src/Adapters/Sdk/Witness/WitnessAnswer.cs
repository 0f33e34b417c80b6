namespace Keten.Adapters.Sdk.Witness;

/// <summary>What a witness answers; the codes are those of c2sp.org/tlog-witness.</summary>
internal readonly record struct WitnessAnswer(int Status, string Body = "", string ContentType = "text/plain; charset=utf-8");
