namespace Keten.Conventions.Tests;

public sealed class SourceTextTests
{
    [Theory]
    [InlineData("a; // Thread.Sleep", "a;")]
    [InlineData("f(\"Thread.Sleep\\\" x\"); b;", "f( ); b;")]
    [InlineData("f(@\"C:\\\"); b;", "f( ); b;")]
    [InlineData("f($@\"say \"\"hi\"\"\"); b;", "f( ); b;")]
    [InlineData("f(\"\"\"a \"quoted\" text\"\"\"); b;", "f( ); b;")]
    [InlineData("c == '\"'; d; /* no */ e;", "c == ; d; e;")]
    public void Comments_and_texts_are_blanked_and_code_is_kept(string text, string expected)
    {
        var code = Assert.Single(SourceText.Parse("x.cs", text).Code);

        Assert.Equal(text.Length, code.Length);
        Assert.Equal(expected, string.Join(' ', code.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void Lines_stay_where_they_were() =>
        Assert.Equal(["", "b", ""], SourceText.Parse("x.cs", "/* a\nb */b\n// c").Code.Select(l => l.Trim()));
}
