// Started by MatcherProcess, never by people: they have `keten bench`.
await Keten.Bench.Events.MatcherProcess.MeasureAsync(Console.Out, CancellationToken.None);
