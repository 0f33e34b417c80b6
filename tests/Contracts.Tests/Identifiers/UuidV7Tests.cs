using CsCheck;
using Keten.Contracts.Identifiers;

namespace Keten.Contracts.Tests.Identifiers;

public sealed class UuidV7Tests
{
    private static readonly Gen<DateTimeOffset> Moments = Gen.Long[0, 253_402_300_799_999].Select(DateTimeOffset.FromUnixTimeMilliseconds);

    [Fact]
    public void What_is_made_is_valid_and_carries_its_moment() =>
        Moments.Sample(moment =>
        {
            var id = UuidV7.Create(moment);
            Assert.True(UuidV7.IsValid(id));
            Assert.Equal(moment.ToUnixTimeMilliseconds(), Convert.ToInt64(id[..8] + id[9..13], 16));
        });

    [Fact]
    public void Two_are_never_the_same() => Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => UuidV7.Create(DateTimeOffset.UnixEpoch)).Distinct().Count());

    [Fact]
    public void One_changed_character_that_breaks_the_form_is_noticed() =>
        Gen.Select(Moments, Gen.Int[0, 35], Gen.Char[" +-xXgGABCDEF{}()\n٣"]).Sample((moment, at, wrong) =>
        {
            var text = UuidV7.Create(moment).ToCharArray();
            var same = text[at] == wrong;
            text[at] = wrong;
            Assert.Equal(same, UuidV7.IsValid(new string(text)));
        }, iter: 20_000);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("f81d4fae-7dec-11d0-a765-00a0c91e6bf6")]
    [InlineData("9b2d0c7e-6c5f-4b7e-8a53-0d0c3f1b2a4d")]
    [InlineData("018f3a5e-7b2c-7def-0123-456789abcdef")]
    [InlineData("018f3a5e-7b2c-7def-c123-456789abcdef")]
    [InlineData("018F3A5E-7B2C-7DEF-8123-456789ABCDEF")]
    [InlineData("0x8f3a5e-7b2c-7def-8123-456789abcdef")]
    [InlineData("+18f3a5e-7b2c-7def-8123-456789abcdef")]
    [InlineData("{18f3a5e-7b2c-7def-8123-456789abcde}")]
    [InlineData("018f3a5e7b2c7def8123456789abcdef")]
    [InlineData("018f3a5e-7b2c-7def-8123-456789abcdef ")]
    public void Other_texts_and_other_versions_are_refused(string? text) => Assert.False(UuidV7.IsValid(text));

    [Fact]
    public void The_canonical_form_is_accepted() => Assert.True(UuidV7.IsValid("018f3a5e-7b2c-7def-8123-456789abcdef"));
}
