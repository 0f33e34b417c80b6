using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Keten.Identity;

/// <summary>Reads the mapping under <c>profile</c> of one participant.</summary>
internal sealed class ProfileReader(IParser parser, Action<int, string, string> report)
{
    public const string Keys =
        "expertise, offer, target_group, contact_desk, contact_phone, contact_email, opening_hours, crisis_reachable, expectations or signalling_policy";

    private const int LongestText = 2_000;
    private const int MostExpertise = 50;

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>The parser stands after the start of the mapping; afterwards after its end.</summary>
    /// <returns>Null when something was not a text, a list or a key: the file cannot be read further.</returns>
    public OrganisationProfile? Read()
    {
        var profile = OrganisationProfile.None;
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var key))
            {
                return null;
            }

            if (!_seen.Add(key.Value))
            {
                report((int)key.Start.Line, "a key of the profile appears twice", Keys);
            }

            if (key.Value == "expertise")
            {
                if (ReadList() is not { } list)
                {
                    return null;
                }

                profile = profile with { Expertise = list };
            }
            else if (parser.TryConsume<Scalar>(out var value))
            {
                profile = With(profile, key, value);
            }
            else
            {
                return null;
            }
        }

        return profile;
    }

    private OrganisationProfile With(OrganisationProfile profile, Scalar key, Scalar value)
    {
        var line = (int)value.Start.Line;
        if (value.Value.Length > LongestText || value.Value.Any(c => char.IsControl(c) && c != '\n'))
        {
            report(line, "a text of the profile is malformed", $"at most {LongestText} characters");
        }

        switch (key.Value)
        {
            case "offer":
                return profile with { Offer = value.Value };
            case "target_group":
                return profile with { TargetGroup = value.Value };
            case "contact_desk":
                return profile with { ContactDesk = value.Value };
            case "contact_phone":
                return profile with { ContactPhone = value.Value };
            case "contact_email":
                return profile with { ContactEmail = value.Value };
            case "opening_hours":
                return profile with { OpeningHours = value.Value };
            case "expectations":
                return profile with { Expectations = value.Value };
            case "signalling_policy":
                return profile with { SignallingPolicy = value.Value };
            case "crisis_reachable":
                if (bool.TryParse(value.Value, out var reachable))
                {
                    return profile with { CrisisReachable = reachable };
                }

                report(line, "crisis_reachable is malformed", "true or false");
                return profile;
            default:
                report((int)key.Start.Line, "unknown key in the profile", Keys);
                return profile;
        }
    }

    private List<string>? ReadList()
    {
        if (!parser.TryConsume<SequenceStart>(out var start))
        {
            return null;
        }

        var list = new List<string>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var item))
            {
                return null;
            }

            list.Add(item.Value);
        }

        if (list.Count > MostExpertise || list.Any(e => e.Length is 0 or > 200 || e.Any(char.IsControl)))
        {
            report((int)start.Start.Line, "the expertise is malformed", $"at most {MostExpertise} texts of 1 to 200 characters");
        }

        return list;
    }
}
