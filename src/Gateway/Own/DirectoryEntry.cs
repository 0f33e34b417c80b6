using Keten.Identity;
using Keten.Protocol.V1;

namespace Keten.Gateway.Own;

/// <summary>A participant as the directory has it; what it does not tell is not set.</summary>
internal static class DirectoryEntry
{
    /// <summary>All of it.</summary>
    public static Organisation Of(Participant participant)
    {
        var profile = participant.Profile;
        var entry = ContactOf(participant);
        entry.Expertise.Add(profile.Expertise);
        Set(profile.Offer, text => entry.Offer = text);
        Set(profile.TargetGroup, text => entry.TargetGroup = text);
        Set(profile.Expectations, text => entry.Expectations = text);
        Set(profile.SignallingPolicy, text => entry.SignallingPolicy = text);
        return entry;
    }

    /// <summary>What somebody who hears of a match needs: whom to call, and when.</summary>
    public static Organisation ContactOf(Participant participant)
    {
        var profile = participant.Profile;
        var entry = new Organisation { Oin = participant.Oin.Value, Name = participant.Name, OrganisationType = participant.OrganisationType };
        Set(participant.Region, text => entry.Region = text);
        Set(profile.ContactDesk, text => entry.ContactDesk = text);
        Set(profile.ContactPhone, text => entry.ContactPhone = text);
        Set(profile.ContactEmail, text => entry.ContactEmail = text);
        Set(profile.OpeningHours, text => entry.OpeningHours = text);
        if (profile.CrisisReachable is { } reachable)
        {
            entry.CrisisReachable = reachable;
        }

        return entry;
    }

    private static void Set(string text, Action<string> set)
    {
        if (text.Length > 0)
        {
            set(text);
        }
    }
}
