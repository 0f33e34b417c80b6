using System.Collections.Frozen;
using Keten.Contracts.Identifiers;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Keten.Identity;

/// <summary>One reading of participants.yaml.</summary>
internal sealed class ParticipantsReader(string path, IParser parser, IReadOnlyCollection<string> organisationTypes)
{
    private const string Form = "a list of participants, or the key participants with that list";
    private const string Keys = "oin, name, type, region, adapter, status, pins or profile";
    private const int MostFaults = 20;
    private const int LongestText = 200;

    private readonly Dictionary<Oin, Participant> _participants = [];
    private readonly Dictionary<Oin, int> _lines = [];
    private readonly List<FileFault> _faults = [];

    public FrozenDictionary<Oin, Participant> Read()
    {
        parser.Consume<StreamStart>();
        if (parser.TryConsume<StreamEnd>(out _))
        {
            throw Broken(null, "the file is empty", Form);
        }

        parser.Consume<DocumentStart>();
        ReadRoot();
        parser.Consume<DocumentEnd>();
        if (!parser.TryConsume<StreamEnd>(out _))
        {
            throw Broken(Here, "a second document starts here", "one document");
        }

        return _faults.Count == 0 ? _participants.ToFrozenDictionary() : throw new FederationFileException(_faults);
    }

    private int Here => parser.Current is { } current ? (int)current.Start.Line : 1;

    private void ReadRoot()
    {
        if (!parser.TryConsume<MappingStart>(out _))
        {
            ReadList();
            return;
        }

        var line = Here;
        if (parser.Current is not Scalar { Value: ParticipantsFile.ListKey })
        {
            throw Broken(line, "unexpected key or value", Form);
        }

        parser.MoveNext();
        ReadList();
        if (!parser.TryConsume<MappingEnd>(out _))
        {
            throw Broken(Here, "another key beside participants", Form);
        }
    }

    private void ReadList()
    {
        if (!parser.TryConsume<SequenceStart>(out _))
        {
            throw Broken(Here, "no list here", Form);
        }

        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            if (!parser.TryConsume<MappingStart>(out var start))
            {
                throw Broken(Here, "not a participant", $"a mapping with the keys {Keys}");
            }

            ReadParticipant((int)start.Start.Line);
        }
    }

    private void ReadParticipant(int line)
    {
        var entry = new ParticipantEntry(line);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var key))
            {
                throw Broken(Here, "not a key", Keys);
            }

            var at = (int)key.Start.Line;
            if (key.Value == "pins")
            {
                entry.Pins = ReadPins();
                continue;
            }

            if (key.Value == "profile")
            {
                entry.Profile = ReadProfile();
                continue;
            }

            if (!parser.TryConsume<Scalar>(out var value))
            {
                throw Broken(Here, $"not a plain value for '{Known(key.Value)}'", "one text (anchors, lists and mappings have no place here)");
            }

            if (!entry.TrySet(key.Value, value.Value, at, out var repeated))
            {
                Report(at, repeated ? $"the key '{key.Value}' appears twice" : "unknown key", Keys);
            }
        }

        Check(entry);
    }

    private OrganisationProfile ReadProfile()
    {
        if (!parser.TryConsume<MappingStart>(out _))
        {
            throw Broken(Here, "profile is not a mapping", $"a mapping with the keys {ProfileReader.Keys}");
        }

        return new ProfileReader(parser, Report).Read() ?? throw Broken(Here, "the profile cannot be read", $"plain texts under the keys {ProfileReader.Keys}; expertise is a list");
    }

    private List<string> ReadPins()
    {
        if (!parser.TryConsume<SequenceStart>(out _))
        {
            throw Broken(Here, "pins is not a list", "a list of SHA-256 values of public keys in hex, or no such key");
        }

        var pins = new List<string>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var pin))
            {
                throw Broken(Here, "not a pin", "64 hexadecimal digits");
            }

            if (pin.Value.Length != 64 || !pin.Value.All(char.IsAsciiHexDigit))
            {
                Report((int)pin.Start.Line, "a pin is malformed", "64 hexadecimal digits, the SHA-256 of the certificate's public key (SPKI)");
            }

            pins.Add(pin.Value.ToLowerInvariant());
        }

        return pins;
    }

    private void Check(ParticipantEntry entry)
    {
        var faults = _faults.Count;
        if (!Oin.TryParse(entry.Oin.Text, out var oin))
        {
            Report(entry.Oin.Line, "the oin is missing or malformed", "20 letters or digits");
        }
        else if (!_lines.TryAdd(oin, entry.Oin.Line))
        {
            Report(entry.Oin.Line, $"the oin of line {_lines[oin]} appears again", "each OIN once");
        }

        if (string.IsNullOrWhiteSpace(entry.Name.Text) || entry.Name.Text.Length > LongestText || entry.Name.Text.Any(char.IsControl))
        {
            Report(entry.Name.Line, "the name is missing or malformed", $"one line of 1 to {LongestText} characters");
        }

        if (entry.Type.Text is null || !organisationTypes.Contains(entry.Type.Text))
        {
            Report(entry.Type.Line, "the type is missing or unknown", "one of " + string.Join(", ", organisationTypes));
        }

        if (entry.Region.Text is { } region && (region.Length > LongestText || region.Any(char.IsControl)))
        {
            Report(entry.Region.Line, "the region is malformed", $"one line of at most {LongestText} characters");
        }

        if (entry.Status.Text is not (ParticipantStatus.Active or ParticipantStatus.Suspended))
        {
            Report(entry.Status.Line, "the status is missing or unknown", "active or suspended");
        }

        Uri? adapter = null;
        if (!string.IsNullOrEmpty(entry.Adapter.Text) && !IsAdapter(entry.Adapter.Text, out adapter))
        {
            Report(entry.Adapter.Line, "the adapter is no https address", "https://host[:port], without user, query or fragment");
        }

        if (_faults.Count == faults)
        {
            _participants.Add(oin, new Participant
            {
                Oin = oin,
                Name = entry.Name.Text!,
                OrganisationType = entry.Type.Text!,
                Region = entry.Region.Text ?? "",
                Adapter = adapter,
                Status = entry.Status.Text!,
                Pins = entry.Pins ?? [],
                Profile = entry.Profile ?? OrganisationProfile.None,
            });
        }
    }

    private static bool IsAdapter(string text, out Uri? adapter) =>
        Uri.TryCreate(text, UriKind.Absolute, out adapter) && adapter.Scheme == Uri.UriSchemeHttps && adapter.Host.Length > 0
        && adapter.UserInfo.Length == 0 && adapter.Query.Length == 0 && adapter.Fragment.Length == 0;

    private static string Known(string key) => ParticipantEntry.IsKey(key) ? key : "a key";

    private void Report(int line, string fault, string expected)
    {
        _faults.Add(new FileFault(path, line, fault, expected));
        if (_faults.Count >= MostFaults)
        {
            throw new FederationFileException(_faults);
        }
    }

    private FederationFileException Broken(int? line, string fault, string expected) => new([.. _faults, new FileFault(path, line, fault, expected)]);
}
