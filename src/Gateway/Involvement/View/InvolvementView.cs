using System.Collections.Concurrent;
using Keten.Contracts.Identifiers;

namespace Keten.Gateway.Involvement.View;

/// <summary>
/// Who is involved with whom, in memory. One writer (the matcher); readers take no lock and allocate nothing: a person's involvements are an
/// array that is replaced, never changed.
/// </summary>
internal sealed class InvolvementView(InvolvementReadiness readiness) : IInvolvementView
{
    private readonly ConcurrentDictionary<Pseudonym, HeldInvolvement[]> _persons = new();

    /// <inheritdoc/>
    public bool IsComplete => readiness.CaughtUp.IsCompletedSuccessfully;

    /// <inheritdoc/>
    public bool IsInvolved(Oin organisation, Pseudonym person, string purpose) => Any(organisation, person, purpose, invitationsOnly: false);

    /// <inheritdoc/>
    public bool IsInvited(Oin organisation, Pseudonym person, string purpose) => Any(organisation, person, purpose, invitationsOnly: true);

    /// <summary>All involvements with a person, ended ones included.</summary>
    public IReadOnlyList<HeldInvolvement> Of(Pseudonym person) => _persons.TryGetValue(person, out var held) ? held : [];

    /// <summary>One involvement, ended or not; null when it was never authorised.</summary>
    public HeldInvolvement? Find(Pseudonym person, Oin organisation, string involvementId) =>
        _persons.TryGetValue(person, out var held) ? Array.Find(held, h => Is(h, organisation, involvementId)) : null;

    /// <summary>Takes in a newer version. False, and no change, when this version or a later one is held.</summary>
    public bool TryApply(Pseudonym person, HeldInvolvement involvement, out HeldInvolvement? before)
    {
        var held = _persons.GetValueOrDefault(person) ?? [];
        var index = Array.FindIndex(held, h => Is(h, involvement.Organisation, involvement.InvolvementId));
        before = index < 0 ? null : held[index];
        if (before?.Version >= involvement.Version)
        {
            return false;
        }

        HeldInvolvement[] after = index < 0 ? [.. held, involvement] : [.. held[..index], involvement, .. held[(index + 1)..]];
        _persons[person] = after;
        return true;
    }

    /// <summary>Forgets an involvement (tombstone).</summary>
    public void Forget(Pseudonym person, Oin organisation, string involvementId)
    {
        if (!_persons.TryGetValue(person, out var held))
        {
            return;
        }

        var rest = Array.FindAll(held, h => !Is(h, organisation, involvementId));
        if (rest.Length == 0)
        {
            _persons.TryRemove(person, out _);
        }
        else
        {
            _persons[person] = rest;
        }
    }

    private bool Any(Oin organisation, Pseudonym person, string purpose, bool invitationsOnly)
    {
        if (_persons.TryGetValue(person, out var held))
        {
            foreach (var involvement in held)
            {
                if (involvement.Active && involvement.Organisation == organisation
                    && (involvement.Invitation ? involvement.Purpose == purpose : !invitationsOnly))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool Is(HeldInvolvement held, Oin organisation, string involvementId) =>
        held.Organisation == organisation && string.Equals(held.InvolvementId, involvementId, StringComparison.Ordinal);
}
