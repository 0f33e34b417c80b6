using System.Text;
using System.Text.Json;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.TestKit;

namespace Keten.PolicyTools.Tests;

/// <summary>
/// The build of the policy runs without .NET, so what the messages of the contract can carry stands beside it in build/messages.json. This keeps
/// that file what the descriptors say; KETEN_WRITE_DOCS=1 writes it anew.
/// </summary>
public sealed class MessagesTests
{
    private static readonly string File = Path.Combine(Repository.Root, "src/PolicyBundles/keten/build/messages.json");

    [Fact]
    public async Task The_build_knows_the_fields_that_messages_have()
    {
        var expected = Written();
        if (Environment.GetEnvironmentVariable("KETEN_WRITE_DOCS") == "1")
        {
            await System.IO.File.WriteAllTextAsync(File, expected, TestContext.Current.CancellationToken);
        }

        Assert.True(expected == (await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n"),
            "build/messages.json is not what proto/ says; run KETEN_WRITE_DOCS=1 tests/PolicyTools.Tests/bin/Debug/net10.0/Keten.PolicyTools.Tests -class '*MessagesTests'");
    }

    [Fact]
    public async Task The_build_knows_the_obligations_that_somebody_carries_out()
    {
        var file = Path.Combine(Path.GetDirectoryName(File)!, "obligations.json");
        var expected = new StringBuilder("{\n  \"known\": [\n    ").AppendJoin(",\n    ", ObligationIds.All.Order(StringComparer.Ordinal).Select(id => JsonSerializer.Serialize(id)))
            .Append("\n  ]\n}\n").ToString();
        if (Environment.GetEnvironmentVariable("KETEN_WRITE_DOCS") == "1")
        {
            await System.IO.File.WriteAllTextAsync(file, expected, TestContext.Current.CancellationToken);
        }

        Assert.Equal(expected, (await System.IO.File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task A_category_is_planned_or_has_a_message_and_not_both()
    {
        using var planned = JsonDocument.Parse(await System.IO.File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(File)!, "planned.json"), TestContext.Current.CancellationToken));

        Assert.Empty(planned.RootElement.EnumerateObject().Select(category => category.Name)
            .Intersect(OperationCatalogue.Current.Operations.Select(operation => operation.Category)));
    }

    private static string Written()
    {
        var categories = OperationCatalogue.Current.Operations.GroupBy(operation => operation.Category).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"  {JsonSerializer.Serialize(group.Key)}: {JsonSerializer.Serialize(group.SelectMany(operation => operation.Fields).Distinct())}");
        return new StringBuilder("{\n").AppendJoin(",\n", categories).Append("\n}\n").ToString();
    }
}
