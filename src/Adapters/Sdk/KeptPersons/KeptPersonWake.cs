using Keten.Adapters.Sdk.InvolvementExchange;

namespace Keten.Adapters.Sdk.KeptPersons;

/// <summary>Copies were added or dropped.</summary>
internal sealed class KeptPersonWake : Wake;
