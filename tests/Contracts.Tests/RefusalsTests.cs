using System.Text.RegularExpressions;
using Grpc.Core;

namespace Keten.Contracts.Tests;

public sealed partial class RefusalsTests
{
    [Fact]
    public void Every_code_is_used_once_and_can_be_read_in_a_header()
    {
        Assert.Equal(Refusals.All.Count, Refusals.All.Select(r => r.Code).Distinct().Count());
        Assert.All(Refusals.All, r => Assert.Matches("^[A-Z]+(_[A-Z]+)*$", r.Code));
        Assert.All(Refusals.All, r => Assert.True(r.Code.Length <= 64));
    }

    [Fact]
    public void None_is_left_out_of_the_list() =>
        Assert.Equal(typeof(Refusals).GetFields().Count(f => f.FieldType == typeof(Refusal)), Refusals.All.Count);

    [Fact]
    public void None_says_that_the_call_went_well() => Assert.DoesNotContain(Refusals.All, r => r.Status == StatusCode.OK);

    [Fact]
    public void Every_text_is_whole_sentences_in_both_languages_without_placeholders() =>
        Assert.All(Refusals.All, r =>
        {
            foreach (var text in new[] { r.English, r.Dutch })
            {
                Assert.Matches(@"^[A-Za-z].{15,}\.$", text);
                Assert.DoesNotMatch(Placeholder(), text);
                Assert.DoesNotMatch(NineDigits(), text);
            }

            Assert.NotEqual(r.English, r.Dutch);
        });

    [GeneratedRegex(@"[{}<>%]|\$|TODO|xxx", RegexOptions.IgnoreCase)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\d{9}")]
    private static partial Regex NineDigits();
}
