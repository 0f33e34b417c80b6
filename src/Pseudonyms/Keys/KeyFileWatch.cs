namespace Keten.Pseudonyms.Keys;

/// <summary>Looks at the key file every second, so that a rotation or refresh needs no restart.</summary>
internal sealed class KeyFileWatch(KeyRing ring, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            ring.Poll();
        }
    }
}
