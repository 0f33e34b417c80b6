using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Tests.InvolvementExchange;

public sealed class ReportValidatorTests
{
    private const string Bsn = "999912112";

    [Theory]
    [InlineData("started_on", "01-02-2026")]
    [InlineData("started_on", "2026-2-1")]
    [InlineData("ended_on", "2026-02-30")]
    [InlineData("ended_on", "2026-02-01T00:00:00Z")]
    [InlineData("ended_on", "soon")]
    [InlineData("last_confirmed_on", " 2026-02-01")]
    public void A_date_that_is_no_day_of_the_calendar_is_refused_by_the_name_of_its_field(string field, string text)
    {
        var fault = ReportValidator.Validate(Some(field, text));

        Assert.Equal((field, "REPORT_INVALID"), (fault?.Field, fault?.Refusal.Code));
        Assert.Equal($"The report needs {field} as a day of the calendar, yyyy-MM-dd.", fault!.Refusal.English);
    }

    [Theory]
    [InlineData("started_on", "2026-02-01")]
    [InlineData("ended_on", "2028-02-29")]
    [InlineData("ended_on", "")]
    public void A_day_of_the_calendar_and_an_end_that_is_taken_back_are_taken(string field, string text) => Assert.Null(ReportValidator.Validate(Some(field, text)));

    [Fact]
    public void A_number_that_may_be_a_bsn_is_refused_in_every_text_but_the_telephone_number()
    {
        var fields = Keten.Protocol.V1.Involvement.Descriptor.Fields.InDeclarationOrder()
            .Where(f => f.FieldType == Google.Protobuf.Reflection.FieldType.String && !f.Name.EndsWith("_on", StringComparison.Ordinal)).Select(f => f.Name).ToList();
        Assert.Contains("contact_professional", fields);

        foreach (var field in fields)
        {
            var fault = ReportValidator.Validate(Some(field, $"call about {Bsn}"));
            Assert.Equal(field == "contact_phone" ? "" : $"{field} PERSONAL_DATA_IN_METADATA", $"{fault?.Field} {fault?.Refusal.Code}".Trim());
            Assert.DoesNotContain(Bsn, fault?.Refusal.English ?? "", StringComparison.Ordinal);
        }
    }

    private static ReportInvolvementRequest Some(string field, string text)
    {
        var involvement = new Keten.Protocol.V1.Involvement();
        Keten.Protocol.V1.Involvement.Descriptor.FindFieldByName(field).Accessor.SetValue(involvement, text);
        return new ReportInvolvementRequest
        {
            ClientId = "c1", Change = Change.Started, Purpose = "betrokkenheid-jeugd", Actor = "p7", ActorRole = "onderzoeker", Involvement = involvement,
        };
    }
}
