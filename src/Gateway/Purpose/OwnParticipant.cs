using Keten.Contracts.Identifiers;
using Keten.Identity;
using Keten.Policy;

namespace Keten.Gateway.Purpose;

/// <summary>The gateway as a target: the involvement index and the expertise directory (domain.md, section 1). It is never a caller.</summary>
/// <param name="oin">OIN of its own certificate, as it is now.</param>
internal sealed class OwnParticipant(Func<Oin> oin)
{
    /// <summary>As the registry would list it.</summary>
    public Participant Self => new()
    {
        Oin = oin(), Name = "KetenGateway", OrganisationType = PolicyParty.Gateway.OrganisationType, Status = PolicyParty.Gateway.Status,
    };

    public static bool Is(Participant participant) => participant.OrganisationType == PolicyParty.Gateway.OrganisationType;
}
