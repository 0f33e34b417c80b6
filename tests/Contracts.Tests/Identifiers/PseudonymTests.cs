using System.Buffers.Text;
using CsCheck;
using Keten.Contracts.Identifiers;

namespace Keten.Contracts.Tests.Identifiers;

public sealed class PseudonymTests
{
    private static readonly Gen<string> KeyIds = Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789"].Array[1, 8].Select(c => new string(c));

    [Fact]
    public void What_is_made_from_32_bytes_is_read_back_as_it_is() =>
        Gen.Select(KeyIds, Gen.Byte.Array[32]).Sample((key, bytes) =>
        {
            var made = Pseudonym.Create(key, bytes);
            Assert.True(Pseudonym.TryParse(made.Value, out var read));
            Assert.Equal(made, read);
            Assert.StartsWith(key + ".", read.Value, StringComparison.Ordinal);
            Assert.True(read.Value.Length <= 52);
        });

    /// <summary>Two texts for one person would be two persons to every index.</summary>
    [Fact]
    public void Of_all_texts_that_decode_to_the_same_bytes_one_is_accepted() =>
        Gen.Select(Gen.Byte.Array[32], Gen.Char["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"]).Sample((bytes, last) =>
        {
            var canonical = Pseudonym.Create("k1", bytes).Value;
            var text = canonical[..^1] + last;
            var decoded = new byte[33];
            var same = text == canonical;
            var canBe = "AEIMQUYcgkosw048".Contains(last, StringComparison.Ordinal);
            Assert.Equal(canBe, Pseudonym.TryParse(text, out _));
            Assert.True(canBe || !same);
            Assert.True(!canBe || Base64Url.TryDecodeFromChars(text.AsSpan(3), decoded, out var written) && written == 32);
        });

    [Fact]
    public void Texts_of_any_other_form_are_refused() =>
        Gen.Char[" .-_aZ09=+/é"].Array[0, 60].Select(c => new string(c)).Sample(text =>
        {
            if (Pseudonym.TryParse(text, out var read))
            {
                var dot = text.IndexOf('.', StringComparison.Ordinal);
                Assert.Equal(Pseudonym.Create(text[..dot], Base64Url.DecodeFromChars(text.AsSpan(dot + 1))), read);
            }
            else
            {
                Assert.Equal(default, read);
            }
        }, iter: 20_000);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("999912112")]
    [InlineData("k1")]
    [InlineData("k1.")]
    [InlineData(".AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("K1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("k12345678.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("k1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("k1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("k1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.")]
    [InlineData("k1.+AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData(" k1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_only_looks_like_one_is_refused(string? text) => Assert.False(Pseudonym.TryParse(text, out _));

    [Fact]
    public void A_BSN_given_by_mistake_is_not_in_the_message()
    {
        var fault = Assert.Throws<FormatException>(() => Pseudonym.Parse("999912112"));
        Assert.DoesNotContain("999912112", fault.Message, StringComparison.Ordinal);
    }
}
