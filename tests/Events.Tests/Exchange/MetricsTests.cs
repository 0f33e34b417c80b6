using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Keten.Gateway.Involvement;
using Microsoft.Extensions.DependencyInjection;

namespace Keten.Events.Tests.Exchange;

public sealed class MetricsTests
{
    [Fact]
    public async Task What_is_told_set_aside_and_behind_is_counted()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var factory = exchange.Gateway.Services.GetRequiredService<IMeterFactory>();
        var (seen, counted) = (new ConcurrentDictionary<string, long>(), new ConcurrentDictionary<string, long>());
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                // Other tests have gateways too.
                if (ReferenceEquals(instrument.Meter.Scope, factory))
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Count(i, value, tags));
        listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Count(i, value, tags));
        listener.Start();
        using var atWijkteam = exchange["wijkteam"].Listen();
        await exchange["wijkteam"].ReportAsync();
        await atWijkteam.ReceiptAsync();
        await exchange["veilig-thuis"].ReportAsync();
        await atWijkteam.MatchAsync();
        await exchange["wijkteam"].ReportAsync(with: r => r.AssertedFacts = Google.Protobuf.ByteString.Empty);
        await atWijkteam.ReceiptAsync();
        await exchange.CommittedAsync("keten-matcher", Topics.InvolvementByPerson);
        var record = (await exchange.ReadAsync(Topics.InvolvementByPerson, 1))[0];
        await exchange.ProduceAsync(
            Topics.InvolvementByPerson, System.Text.Encoding.UTF8.GetString(record.Message.Key), record.Message.Value,
            new CloudEvent("again", CloudEvent.GatewaySource, EventTypes.InvolvementAuthorised, DateTimeOffset.UtcNow), (await exchange.PersonAsync()).Value);

        Assert.Equal(2, counted["keten.involvement.notifications/match"]);
        Assert.Equal(2, counted["keten.involvement.notifications/lead-asked"]);
        Assert.Equal(3, counted["keten.involvement.notifications/receipt"]);
        Assert.Equal(1, counted["keten.involvement.dead_letters/SUBJECT_NOT_INFORMED"]);
        Assert.Equal((2, 1), (counted["keten.gateway.decisions/intake/allow/ALLOWED"], counted["keten.gateway.decisions/intake/deny/SUBJECT_NOT_INFORMED"]));
        await Wait.UntilAsync(() =>
        {
            listener.RecordObservableInstruments();
            return seen.GetValueOrDefault("keten.involvement.view.size") == 2
                && counted.GetValueOrDefault("keten.involvement.view.repeats") == 1
                && Enumerable.Range(0, 4).All(p => seen.TryGetValue($"keten.involvement.view.lag/{p}", out var lag) && lag == 0)
                && Enumerable.Range(0, 4).All(p => seen.TryGetValue($"keten.involvement.matcher.lag/{p}", out var lag) && lag == 0);
        });

        // What the broker knows is asked for now and then: at the start, and when the clock says so.
        Assert.True(seen.ContainsKey("keten.involvement.lag/keten-intake") && seen.ContainsKey("keten.involvement.lag/keten-matcher"));
        Assert.True(seen.ContainsKey("keten.involvement.dead_letters.kept/involvement") && seen.ContainsKey("keten.involvement.dead_letters.kept/involvement-by-person"));

        void Count(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var name = string.Join('/', [instrument.Name, .. tags.ToArray().Select(t => t.Value)]);
            if (instrument.IsObservable)
            {
                seen[name] = value;
            }
            else
            {
                counted.AddOrUpdate(name, value, (_, sum) => sum + value);
            }
        }
    }
}
