using Keten.Contracts;
using Keten.Contracts.Catalogue;
using static Keten.Client.Tests.Some;

namespace Keten.Client.Tests;

public sealed class AskMetadataTests
{
    [Fact]
    public void Says_what_is_required_once_and_nothing_that_was_not_given() =>
        Assert.Equal(
            ["keten-actor", "keten-actor-role", "keten-purpose", "keten-subject", "keten-target"], AskMetadata.Of(Question).Select(h => h.Key).Order());

    [Fact]
    public void Says_everything_that_was_given_once()
    {
        var metadata = AskMetadata.Of(Question with
        {
            CaseReference = "zaak-1", Facts = Facts("""{"subject_age":9}"""), Fields = ["street", "city"], Justification = "Direct gevaar voor de kinderen",
            TransactionId = "018f3a5e-7b2c-7def-8123-456789abcdef",
        });
        Assert.Equal(10, metadata.Count);
        Assert.Equal(10, metadata.Select(h => h.Key).Distinct().Count());
        Assert.Equal(("street,city", "zaak-1", """{"subject_age":9}"""), (metadata.GetValue(KetenHeaders.Fields), metadata.GetValue(KetenHeaders.Case), metadata.GetValue(KetenHeaders.Facts)));
        Assert.Equal("Direct gevaar voor de kinderen", metadata.GetValue(KetenHeaders.Justification));
    }

    [Theory]
    [InlineData("Jos\u00e9 is in gevaar", "Jos%C3%A9 is in gevaar")]
    [InlineData("100% zeker, nu", "100%25 zeker%2C nu")]
    [InlineData("a\nb", "a%0Ab")]
    public void A_justification_is_UTF8_percent_encoded(string why, string sent)
    {
        var header = AskMetadata.Of(Question with { Justification = why }).GetValue(KetenHeaders.Justification)!;
        Assert.Equal((sent, why), (header, Uri.UnescapeDataString(header)));
    }

    [Theory]
    [InlineData("{\n  \"subject_age\": 9,\r\n\t\"consent_by\": [\"subject\"]\n}", """{"subject_age":9,"consent_by":["subject"]}""")]
    [InlineData("{ \"c\\u006fnsent\" : \"given\" }", """{"consent":"given"}""")]
    public void Facts_written_over_several_lines_are_one_line_of_ASCII(string written, string sent)
    {
        var header = AskMetadata.Of(Question with { Facts = Facts(written) }).GetValue(KetenHeaders.Facts)!;
        Assert.Equal(sent, header);
        Assert.True(CaseFacts.TryParse(header, out _, out _));
    }
}
