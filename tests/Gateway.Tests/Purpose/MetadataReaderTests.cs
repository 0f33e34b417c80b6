using System.Diagnostics.CodeAnalysis;
using Keten.Contracts;
using Keten.Gateway.Purpose;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Keten.Gateway.Tests.Purpose;

public sealed class MetadataReaderTests
{
    private const string Name = "keten-actor";

    [Theory]
    [InlineData("med-4711")]
    [InlineData("~ !\"#$%&'()*+-./:;<=>?@[]^_`{|}")]
    public void Gives_the_value_as_it_was_sent(string value)
    {
        var reader = Reader(value);
        Assert.Equal(value, reader.Required(Name, 256));
        Assert.Null(reader.Fault);
    }

    [Fact]
    public void What_is_required_and_not_there_or_empty_is_missing()
    {
        var absent = new MetadataReader(new HeaderDictionary());
        Assert.Equal("", absent.Required(Name, 256));
        Assert.Same(Refusals.MetadataMissing, absent.Fault);
        var empty = Reader("");
        Assert.Equal("", empty.Required(Name, 256));
        Assert.Same(Refusals.MetadataMissing, empty.Fault);
    }

    [Fact]
    public void What_is_optional_may_be_absent_or_empty()
    {
        var reader = Reader("");
        Assert.Null(reader.Optional(Name, 256));
        Assert.Null(reader.Optional("keten-case", 256));
        Assert.Null(reader.OptionalText("keten-justification", 256));
        Assert.Null(reader.Fault);
    }

    [Fact]
    public void A_header_sent_twice_is_refused_also_when_both_say_the_same_and_also_as_a_list()
    {
        foreach (var values in new[] { new StringValues(["a", "b"]), new StringValues(["a", "a"]), new StringValues(["", "a"]) })
        {
            Assert.Same(Refusals.MetadataRepeated, Fault(values, (ref MetadataReader r) => r.Optional(Name, 256)));
            Assert.Same(Refusals.MetadataRepeated, Fault(values, (ref MetadataReader r) => r.OptionalList(Name, 256)));
            Assert.Same(Refusals.MetadataRepeated, Fault(values, (ref MetadataReader r) => r.OptionalText(Name, 256)));
        }
    }

    [Theory]
    [InlineData("a,b")]
    [InlineData("a, a")]
    [InlineData(",")]
    [InlineData("a,")]
    public void Two_headers_that_somebody_joined_on_the_way_are_refused_unless_commas_belong_to_the_value(string joined)
    {
        Assert.Same(Refusals.MetadataRepeated, Fault(joined, (ref MetadataReader r) => r.Required(Name, 256)));
        var list = Reader(joined);
        Assert.Equal(joined, list.OptionalList(Name, 256));
        Assert.Null(list.Fault);
    }

    [Fact]
    public void One_character_too_many_is_refused()
    {
        var fits = Reader(new string('a', 256));
        Assert.Equal(256, fits.Required(Name, 256).Length);
        Assert.Null(fits.Fault);
        Assert.Same(Refusals.MetadataTooLong, Fault(new string('a', 257), (ref MetadataReader r) => r.Required(Name, 256)));
        Assert.Same(Refusals.MetadataTooLong, Fault(new string('a', 257), (ref MetadataReader r) => r.OptionalText(Name, 256)));
    }

    [Theory]
    [InlineData("J\u00e9")]
    [InlineData("a\tb")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("\u007f")]
    [InlineData("\u0663")]
    public void Anything_but_printable_ASCII_is_refused(string value)
    {
        Assert.Same(Refusals.MetadataMalformed, Fault(value, (ref MetadataReader r) => r.Optional(Name, 256)));
        Assert.Same(Refusals.MetadataMalformed, Fault(value, (ref MetadataReader r) => r.OptionalText(Name, 256)));
    }

    [Theory]
    [InlineData("Direct gevaar", "Direct gevaar")]
    [InlineData("Direct%20gevaar%2C nu", "Direct gevaar, nu")]
    [InlineData("Jos%C3%A9", "Jos\u00e9")]
    [InlineData("100% zeker", "100% zeker")]
    [InlineData("%", "%")]
    [InlineData("%zz", "%zz")]
    public void Text_is_UTF8_percent_encoded_as_in_grpc_message(string sent, string meant)
    {
        var reader = Reader(sent);
        Assert.Equal(meant, reader.OptionalText(Name, 1024));
        Assert.Null(reader.Fault);
    }

    [Theory]
    [InlineData("a%0Ab")]
    [InlineData("a%0db")]
    [InlineData("a%00b")]
    [InlineData("a%C2%85b")]
    public void Text_that_hides_a_control_character_behind_its_encoding_is_refused(string sent) =>
        Assert.Same(Refusals.MetadataMalformed, Fault(sent, (ref MetadataReader r) => r.OptionalText(Name, 1024)));

    [Fact]
    public void The_first_fault_is_the_one_that_is_told()
    {
        var headers = new HeaderDictionary { ["one"] = new string('a', 300), ["two"] = "\u00e9" };
        var reader = new MetadataReader(headers);
        reader.Required("one", 256);
        reader.Required("two", 256);
        reader.Required("three", 256);
        Assert.Same(Refusals.MetadataTooLong, reader.Fault);
    }

    private delegate string? Read(ref MetadataReader reader);

    private static MetadataReader Reader(StringValues value) => new(new HeaderDictionary { [Name] = value });

    private static Refusal? Fault(StringValues value, [NotNull] Read read)
    {
        var reader = Reader(value);
        var got = read(ref reader);
        Assert.True(string.IsNullOrEmpty(got));
        return reader.Fault;
    }
}
