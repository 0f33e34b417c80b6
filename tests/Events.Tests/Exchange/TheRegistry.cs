using System.Diagnostics.CodeAnalysis;
using Keten.Contracts.Identifiers;
using Keten.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Keten.Events.Tests.Exchange;

/// <summary>A registry that can gain participants while running.</summary>
public sealed class TheRegistry : IParticipantRegistry
{
    private volatile List<Participant> _all = [];
    private ConfigurationReloadToken _reload = new();

    public IReadOnlyCollection<Participant> All => _all;

    public bool TryGet(Oin oin, [MaybeNullWhen(false)] out Participant participant)
    {
        participant = _all.Find(p => p.Oin == oin);
        return participant is not null;
    }

    public IChangeToken GetReloadToken() => _reload;

    public static Oin SomeOin() => Oin.Parse($"9{Random.Shared.NextInt64(1_000_000_000_000_000_000):D19}");

    /// <summary>Adds it, or changes what is said of it.</summary>
    public void Register(Oin oin, string type, string status = "active") => Change([.. _all.Where(p => p.Oin != oin), new Participant
    {
        Oin = oin, Name = type, OrganisationType = type, Status = status,
        Profile = new OrganisationProfile { ContactDesk = "team 3", OpeningHours = "werkdagen 9-17", SignallingPolicy = "niet voor een bericht" },
    }]);

    public void Remove(Oin oin) => Change([.. _all.Where(p => p.Oin != oin)]);

    /// <summary>Puts all that are registered in one region.</summary>
    public void SetRegion(string region) => Change([.. _all.Select(p => p with { Region = region })]);

    private void Change(List<Participant> all)
    {
        _all = all;
        Interlocked.Exchange(ref _reload, new ConfigurationReloadToken()).OnReload();
    }
}
