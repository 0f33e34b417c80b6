using CsCheck;
using Keten.Contracts.Identifiers;

namespace Keten.Contracts.Tests.Identifiers;

public sealed class OinTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    [Fact]
    public void Accepts_any_twenty_letters_or_digits_and_gives_them_back() =>
        Gen.Char[Alphabet].Array[20].Select(c => new string(c)).Sample(text =>
        {
            Assert.True(Oin.TryParse(text, out var oin));
            Assert.Equal((text, text), (oin.Value, oin.ToString()));
            Assert.Equal(oin, Oin.Parse(text));
        });

    [Fact]
    public void Refuses_every_other_text() =>
        Gen.Char.Array[0, 40].Select(c => new string(c)).Where(t => t.Length != 20 || !t.All(Alphabet.Contains)).Sample(Refuses);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0000009900000000100")]
    [InlineData("000000990000000010000")]
    [InlineData(" 0000009900000001000")]
    [InlineData("0000009900000001000\n")]
    [InlineData("0000009900000000100٣")]
    [InlineData("00000099-00000001000")]
    public void Refuses_what_only_looks_like_one(string? text) => Refuses(text);

    [Fact]
    public void Says_what_one_is_without_repeating_what_was_given()
    {
        var fault = Assert.Throws<FormatException>(() => Oin.Parse("999912112"));
        Assert.DoesNotContain("999912112", fault.Message, StringComparison.Ordinal);
    }

    private static void Refuses(string? text)
    {
        Assert.False(Oin.TryParse(text, out var oin));
        Assert.Equal(("", default(Oin)), (oin.ToString(), oin));
    }
}
