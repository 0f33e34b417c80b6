using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Keten.Contracts.Identifiers;
using Microsoft.Extensions.Primitives;

namespace Keten.Identity;

/// <summary>The participants of participants.yaml; a lookup is one read of a frozen dictionary.</summary>
public sealed class ParticipantRegistry : IParticipantRegistry
{
    private readonly ReloadSignal _signal = new();
    private volatile FrozenDictionary<Oin, Participant> _participants = FrozenDictionary<Oin, Participant>.Empty;

    internal ParticipantRegistry()
    {
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Digest { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyCollection<Participant> All => _participants.Values;

    /// <inheritdoc/>
    public bool TryGet(Oin oin, [MaybeNullWhen(false)] out Participant participant) => _participants.TryGetValue(oin, out participant);

    /// <inheritdoc/>
    public IChangeToken GetReloadToken() => _signal.Token;

    internal void Replace(FrozenDictionary<Oin, Participant> participants, byte[] digest)
    {
        _participants = participants;
        Digest = digest;
        _signal.Fire();
    }
}
