using System.Text;
using Keten.Contracts.Identifiers;
using Keten.TestKit.Pki;

namespace Keten.Identity.Tests;

public sealed class ParticipantsFileTests
{
    private const string Good = """
        - oin: 00000099000000002000
          name: "Wijkteam Noord"
          type: wijkteam
          region: rijnmond
          adapter: https://wijkteam.example:8443
          status: active
          pins: [AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA]
        """;

    [Theory]
    [InlineData(Good)]
    [InlineData("participants:\n" + Good)]
    public void Reads_a_list_bare_or_under_its_key(string yaml)
    {
        var participant = Assert.Single(Parse(yaml)).Value;

        Assert.Equal(("00000099000000002000", "Wijkteam Noord", "wijkteam", "rijnmond", "active"),
            (participant.Oin.Value, participant.Name, participant.OrganisationType, participant.Region, participant.Status));
        Assert.Equal(new Uri("https://wijkteam.example:8443"), participant.Adapter);
        Assert.Equal([new string('a', 64)], participant.Pins);
    }

    [Theory]
    [InlineData("oin: 00000099000000002000", "oin: 123", 1, "20 letters or digits")]
    [InlineData("type: wijkteam", "type: kaasboer", 3, "one of gemeente, wijkteam")]
    [InlineData("type: wijkteam", "type: gateway", 3, "one of gemeente, wijkteam")]
    [InlineData("status: active", "status: gone", 6, "active or suspended")]
    [InlineData("region:", "regio:", 4, "oin, name, type")]
    [InlineData("region: rijnmond", "name: Again", 4, "oin, name, type")]
    [InlineData("https://wijkteam", "http://wijkteam", 5, "https://host")]
    [InlineData("https://wijkteam", "https://u:p@wijkteam", 5, "https://host")]
    [InlineData("AAAAAAAAAAAAAAAAAAAA", "ZZ", 7, "64 hexadecimal digits")]
    [InlineData("name: \"Wijkteam Noord\"", "name: ''", 2, "1 to 200 characters")]
    [InlineData("region: rijnmond", "region: [a]", 4, "one text")]
    [InlineData("region: rijnmond", "region: *a", 4, "one text")]
    [InlineData("  status: active\n", "", 1, "active or suspended")]
    [InlineData("  region", "region", 4, "valid YAML")]
    public void Names_the_line_and_what_was_expected(string from, string to, int line, string expected)
    {
        var fault = Assert.Throws<FederationFileException>(() => Parse(Good.Replace(from, to, StringComparison.Ordinal)));

        Assert.Contains(fault.Faults, f => f.File == "participants.yaml" && f.Line == line && f.Expected.Contains(expected, StringComparison.Ordinal));
    }

    private const string Profile = Good + """

          profile:
            expertise: [huiselijk geweld, "eergerelateerd geweld"]
            offer: Advies en meldpunt
            contact_desk: team 3
            opening_hours: werkdagen 9-17
            crisis_reachable: true
        """;

    [Fact]
    public void Reads_how_others_find_the_organisation_and_writes_it_again()
    {
        var participant = Assert.Single(Parse(Profile)).Value;

        Assert.Equal(["huiselijk geweld", "eergerelateerd geweld"], participant.Profile.Expertise);
        Assert.Equal(("Advies en meldpunt", "team 3", "werkdagen 9-17", true),
            (participant.Profile.Offer, participant.Profile.ContactDesk, participant.Profile.OpeningHours, participant.Profile.CrisisReachable));
        Assert.Equal(OrganisationProfile.None, Assert.Single(Parse(Good)).Value.Profile);

        var path = Path.GetTempFileName();
        ParticipantsFile.Write(path, [participant]);
        var again = Assert.Single(Parse(File.ReadAllText(path))).Value.Profile;
        File.Delete(path);
        Assert.Equal(participant.Profile with { Expertise = [] }, again with { Expertise = [] });
        Assert.Equal(participant.Profile.Expertise, again.Expertise);
    }

    [Theory]
    [InlineData("contact_desk: team 3", "desk: team 3", 11, "contact_desk")]
    [InlineData("contact_desk: team 3", "offer: again", 11, "expertise, offer")]
    [InlineData("crisis_reachable: true", "crisis_reachable: perhaps", 13, "true or false")]
    [InlineData("contact_desk: team 3", "contact_desk: [team]", 11, "plain texts")]
    [InlineData("expertise: [huiselijk geweld, \"eergerelateerd geweld\"]", "expertise: geweld", 9, "plain texts")]
    [InlineData("expertise: [huiselijk geweld, \"eergerelateerd geweld\"]", "expertise: ['']", 9, "1 to 200 characters")]
    public void Names_the_line_of_what_is_wrong_in_a_profile(string from, string to, int line, string expected)
    {
        var fault = Assert.Throws<FederationFileException>(() => Parse(Profile.Replace(from, to, StringComparison.Ordinal)));

        Assert.Contains(fault.Faults, f => f.Line == line && f.Expected.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void An_oin_that_appears_twice_is_refused_with_both_lines()
    {
        var fault = Assert.Throws<FederationFileException>(() => Parse(Good + "\n" + Good));

        Assert.Equal("participants.yaml:8: the oin of line 1 appears again; expected each OIN once.", fault.Message);
    }

    [Fact]
    public void Reports_faults_together()
    {
        var fault = Assert.Throws<FederationFileException>(() => Parse("- {oin: 1, name: A, type: x, status: y}"));

        Assert.Equal(3, fault.Faults.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("just text")]
    [InlineData("participants: 3")]
    [InlineData("organisations: []")]
    [InlineData("participants: []\nother: 1")]
    [InlineData("[]\n---\n[]")]
    public void Anything_else_is_refused(string yaml) => Assert.Throws<FederationFileException>(() => Parse(yaml));

    [Fact]
    public void A_thousand_participants_survive_writing_and_reading()
    {
        var path = Path.GetTempFileName();
        try
        {
            var participants = Enumerable.Range(1, 1000)
                .Select(i => TestFederation.Participant(TestFederation.OinOf(i)) with { Name = $"D'Organisatie: nummer #{i}", Adapter = new Uri($"https://a{i}.example") }).ToList();
            ParticipantsFile.Write(path, participants);

            var read = ParticipantsFile.Parse(path, File.ReadAllBytes(path), OrganisationTypes.Known);

            Assert.Equal(1000, read.Count);
            Assert.All(participants, p => Assert.Equal((p.Name, p.Adapter), (read[p.Oin].Name, read[p.Oin].Adapter)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static System.Collections.Frozen.FrozenDictionary<Oin, Participant> Parse(string yaml) => ParticipantsFile.Parse("participants.yaml", Encoding.UTF8.GetBytes(yaml), OrganisationTypes.Known);
}
