using Keten.Contracts.Identifiers;

namespace Keten.Gateway.Involvement.View;

/// <summary>The table of all involvements, as far as it has been read: whole on every replica.</summary>
internal sealed class InvolvementView(InvolvementReadiness readiness, ViewProgress progress) : IInvolvementView
{
    public InvolvementTable Table { get; } = new(new Vocabulary());

    /// <inheritdoc/>
    public bool IsComplete => readiness.CaughtUp.IsCompletedSuccessfully;

    /// <inheritdoc/>
    public bool IsInvolved(Oin organisation, Pseudonym person, string purpose) =>
        Table.IsInvolved(organisation, person, purpose, invitationsOnly: false);

    /// <inheritdoc/>
    public bool IsInvited(Oin organisation, Pseudonym person, string purpose) =>
        Table.IsInvolved(organisation, person, purpose, invitationsOnly: true);

    /// <inheritdoc/>
    public ViewPosition PositionOf(Pseudonym person) => progress.PositionOf(person.Value);
}
