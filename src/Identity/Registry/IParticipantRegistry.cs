using System.Diagnostics.CodeAnalysis;
using Keten.Contracts.Identifiers;
using Microsoft.Extensions.Primitives;

namespace Keten.Identity;

/// <summary>The participants now. Reloads while running; a broken file keeps the last good one.</summary>
public interface IParticipantRegistry
{
    IReadOnlyCollection<Participant> All { get; }

    /// <summary>SHA-256 of the file they were read from; empty when they were not.</summary>
    ReadOnlyMemory<byte> Digest => default;

    bool TryGet(Oin oin, [MaybeNullWhen(false)] out Participant participant);

    /// <summary>Fires once when the list has changed; ask again for the next change.</summary>
    IChangeToken GetReloadToken();
}
