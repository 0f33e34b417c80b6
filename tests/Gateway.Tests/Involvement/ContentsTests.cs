using Keten.Gateway.Involvement.Matching;
using Keten.Gateway.Involvement.View;
using Keten.Policy;
using Keten.Protocol.V1;

namespace Keten.Gateway.Tests.Involvement;

/// <summary>What is told of another organisation's involvement.</summary>
public sealed class ContentsTests
{
    private static readonly InvolvementVisibility None = new("none", []);
    private static readonly InvolvementVisibility Phone = new("contact", ["contact_phone"]);

    [Theory]
    [InlineData("log-disclosure", true)]
    [InlineData("inform-subject-when-safe", false)]
    public void It_says_whether_informing_the_person_was_postponed_for_safety(string obligation, bool informed)
    {
        var (viewer, before, after) = (The.Involvement(The.Wijkteam), Held(1, obligation), Held(2, obligation));
        var match = Contents.Of(new Direction(viewer, null, before, 1), None, Phone)!.Notification.Match;
        var changed = Contents.Of(new Direction(viewer, before, after, 2), Phone, Phone)!.Notification.RoleChanged;
        Assert.Equal((informed, informed), (match.Informed, changed.Informed));
    }

    private static HeldInvolvement Held(long version, string obligation)
    {
        var record = The.Record(The.VeiligThuis, version: version, change: version == 1 ? Change.Started : Change.Updated);
        record.Obligations.Add(obligation);
        return new InvolvementTable(new Vocabulary()).Apply(The.Person, record, The.Now).After!;
    }
}
