using Grpc.Core;

namespace Keten.Contracts;

/// <summary>
/// A refusal that is not the policy's: identity, metadata, routing, transport, engine, adapter. The text is for the caller's developer or
/// operator; it never holds a value from the request. The whole list is docs/errors.md, which is generated from <see cref="Refusals"/>.
/// </summary>
/// <param name="Code">Stable reason code.</param>
/// <param name="Status">gRPC status.</param>
/// <param name="English">What is wrong and the way out.</param>
/// <param name="Dutch">The same in Dutch.</param>
public sealed record Refusal(string Code, StatusCode Status, string English, string Dutch);
