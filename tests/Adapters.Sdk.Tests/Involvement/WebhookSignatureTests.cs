using System.Text;
using Keten.Adapters.Sdk.Webhook;

namespace Keten.Adapters.Sdk.Tests.Involvement;

public sealed class WebhookSignatureTests
{
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes("0123456789abcdef0123456789abcdef");

    /// <summary>The expected value was computed with Python's hmac, as docs/for-case-systems.md has it.</summary>
    [Fact]
    public void A_signature_is_what_the_sample_in_Python_expects() => Assert.Equal(
        "t=1764000000,v1=7c3173e6f6cdaf1e5b3819539b8d3bbc26c46daa70ace28e53c1d15582a653b6",
        new WebhookSignature([Secret]).Of("""{"clientId":"c1"}"""u8.ToArray(), DateTimeOffset.FromUnixTimeSeconds(1_764_000_000)));

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef", 1)]
    [InlineData("\n 0123456789abcdef0123456789abcdef \n\nfedcba9876543210fedcba9876543210\n", 2)]
    [InlineData("too short", 0)]
    [InlineData("", 0)]
    [InlineData("0123456789abcdef0123456789abcdef\nshort", 0)]
    [InlineData("0123456789abcdef0123456789abcdef\n0123456789abcdef0123456789abcdef\n0123456789abcdef0123456789abcdef", 0)]
    public void A_secret_file_holds_one_or_two_long_lines(string content, int count)
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, content);
        Assert.Equal(count > 0, WebhookSignature.TryReadSecrets(path, out var secrets));
        Assert.True(count == 0 || secrets.Count == count);
        File.Delete(path);
    }
}
