using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Pseudonyms;

namespace Keten.Adapters.Sdk.Tests.Involvement;

public sealed class BsnTests
{
    [Theory]
    [InlineData("999912112", true)]
    [InlineData("client 999912112.", true)]
    [InlineData("""{"note":"\n999912112"}""", true)]
    [InlineData("999912113", false)]
    [InlineData("9999121120", false)]
    [InlineData("a999912112", false)]
    [InlineData("999912112b", false)]
    [InlineData("000000000", false)]
    [InlineData("", false)]
    public void A_number_that_may_be_a_BSN_is_found_where_it_stands_alone(string text, bool found) => Assert.Equal(found, Bsn.IsIn(text));

    [Fact]
    public void Of_someone_elses_exception_only_the_type_is_logged()
    {
        Assert.Equal("System.InvalidOperationException", Problems.Describe(new InvalidOperationException("no row for 999912112")));
        Assert.Contains("timeout", Problems.Describe(new SourceUnavailableException("clients", "timeout", "raise the limit")));
    }
}
