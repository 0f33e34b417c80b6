using Keten.Adapters.Sdk.CaseSystem;
using Keten.Client;
using Keten.Contracts;

namespace Keten.Adapters.Sdk.Tests.Hosting;

public sealed class ErrorsDocumentTests
{
    [Fact]
    public void The_page_of_errors_says_what_the_code_and_the_policy_say()
    {
        var text = ErrorsDocument.Write();
        if (Environment.GetEnvironmentVariable("KETEN_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(ErrorsDocument.Path, text);
        }

        Assert.True(File.Exists(ErrorsDocument.Path), "docs/errors.md is missing: run this test with KETEN_UPDATE_DOCS=1 and commit it.");
        Assert.True(text == File.ReadAllText(ErrorsDocument.Path), "docs/errors.md is out of date: run this test with KETEN_UPDATE_DOCS=1 and commit the difference.");
    }

    [Fact]
    public void Every_refusal_is_on_it_and_a_code_that_tells_of_involvement_is_marked()
    {
        var text = ErrorsDocument.Write();
        Assert.All(Refusals.All.Concat(CaseSystemRefusals.All).Concat(ClientRefusals.All), r => Assert.Contains($"| `{r.Code}` |", text, StringComparison.Ordinal));
        var hidden = text.Split('\n').Where(l => l.EndsWith("| replaced by ACCESS_NOT_PERMITTED |", StringComparison.Ordinal)).Select(l => l.Split('`')[1]);
        Assert.Equal(["TARGET_NOT_INVOLVED", "INSPECTION_RESTRICTED", "LINE_WITHHELD"], hidden);
    }

    [Fact]
    public void The_list_for_the_case_system_is_whole() =>
        Assert.Equal(typeof(CaseSystemRefusals).GetFields().Count(f => f.FieldType == typeof(Refusal)), CaseSystemRefusals.All.Count);
}
