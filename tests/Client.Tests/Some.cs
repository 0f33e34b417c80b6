using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;

namespace Keten.Client.Tests;

internal static class Some
{
    public static readonly Ask Question = new()
    {
        Target = Oin.Parse("00000099000000001003"), Subject = Pseudonym.Create("k1", new byte[32]), Purpose = "naw-hergebruik", Actor = "med-4711",
        ActorRole = "wijkcoach",
    };

    public static CaseFacts Facts(string json)
    {
        Assert.True(CaseFacts.TryParse(json, out var facts, out var fault), fault);
        return facts;
    }
}
