using System.Collections.Frozen;
using System.Text;
using Keten.Contracts.Identifiers;
using YamlDotNet.Core;

namespace Keten.Identity;

/// <summary>
/// participants.yaml: a list of participants, at the root or under the key <c>participants</c>. Read by event and not into objects, so that
/// every fault has its line, an unquoted OIN stays text, and a hostile file cannot nest deeper than the form allows.
/// </summary>
public static class ParticipantsFile
{
    internal const string ListKey = "participants";

    /// <summary>Reads and checks the whole text.</summary>
    /// <param name="path">For messages.</param>
    /// <param name="yaml">UTF-8.</param>
    /// <param name="organisationTypes">What <c>type</c> may be.</param>
    /// <exception cref="FederationFileException">All faults together, each with its line; for a syntax fault the first.</exception>
    public static FrozenDictionary<Oin, Participant> Parse(string path, byte[] yaml, IReadOnlyCollection<string> organisationTypes)
    {
        try
        {
            return new ParticipantsReader(path, new Parser(new StringReader(Encoding.UTF8.GetString(yaml))), organisationTypes).Read();
        }
        catch (YamlException fault)
        {
            throw new FederationFileException(new FileFault(path, (int)fault.Start.Line, "the YAML cannot be read", "valid YAML (UTF-8, spaces for indentation)"), fault);
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException or IndexOutOfRangeException or FormatException or OverflowException)
        {
            // The scanner has no one exception for bad input.
            throw new FederationFileException(new FileFault(path, null, "the YAML cannot be read", "valid YAML (UTF-8, spaces for indentation)"), fault);
        }
    }

    /// <summary>Writes a registry that <see cref="Parse"/> accepts, in place of what is there and in one step.</summary>
    public static void Write(string path, IEnumerable<Participant> participants)
    {
        var text = new StringBuilder("# The participants of the federation. Read again while running.\n").Append(ListKey).Append(":\n");
        foreach (var participant in participants)
        {
            text.Append("  - oin: ").Append(Quote(participant.Oin.Value));
            Line("name", participant.Name);
            Line("type", participant.OrganisationType);
            Line("region", participant.Region);
            Line("adapter", participant.Adapter?.OriginalString ?? "");
            Line("status", participant.Status);
            text.Append("\n    pins: [").AppendJoin(", ", participant.Pins.Select(Quote)).Append("]\n");
            Append(text, participant.Profile);
        }

        if (text[^2] == ':')
        {
            text.Length--;
            text.Append(" []\n");
        }

        AtomicFile.Write(path, text.ToString());

        void Line(string key, string value)
        {
            if (value.Length > 0)
            {
                text.Append("\n    ").Append(key).Append(": ").Append(Quote(value));
            }
        }
    }

    private static void Append(StringBuilder text, OrganisationProfile profile)
    {
        if (profile == OrganisationProfile.None)
        {
            return;
        }

        text.Append("    profile:\n      expertise: [").AppendJoin(", ", profile.Expertise.Select(Quote)).Append("]\n");
        foreach (var (key, value) in new[]
        {
            ("offer", profile.Offer), ("target_group", profile.TargetGroup), ("contact_desk", profile.ContactDesk), ("contact_phone", profile.ContactPhone),
            ("contact_email", profile.ContactEmail), ("opening_hours", profile.OpeningHours), ("crisis_reachable", profile.CrisisReachable?.ToString().ToLowerInvariant() ?? ""),
            ("expectations", profile.Expectations), ("signalling_policy", profile.SignallingPolicy),
        })
        {
            if (value.Length > 0)
            {
                text.Append("      ").Append(key).Append(": ").Append(Quote(value)).Append('\n');
            }
        }
    }

    private static string Quote(string value) => "'" + value.Replace("'", "''", StringComparison.Ordinal) + "'";
}
