using System.Security.Cryptography;
using Grpc.Net.Client;
using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.Oprf;
using Microsoft.Extensions.Logging;

namespace Keten.Client.Pseudonyms;

/// <summary>
/// Pseudonyms by the federation's evaluators: blinds each number here, has both multiply, checks their proofs, adds, takes the blind off. No evaluator
/// learns a number or a pseudonym, and neither can make one without the other. Safe for concurrent use.
/// </summary>
public sealed partial class OprfPseudonymSource : IPseudonymSource, IDisposable
{
    private const int MaxNumbers = DleqProof.MaxElements;
    private const int PartSize = 50;
    private static readonly TimeSpan[] RefreshWaits = [.. new[] { 0.5, 1, 2, 4, 8 }.Select(TimeSpan.FromSeconds)];
    private static readonly OprfSuite Suite = OprfSuite.Verifiable;

    private readonly FederationKeysFile _keys;
    private readonly List<EvaluatorConnection> _evaluators;
    private readonly TimeSpan _deadline;
    private readonly TimeProvider _time;

    /// <param name="options">Valid ones (<see cref="PseudonymSourceOptions.Validate"/>).</param>
    /// <param name="connect">The handler for calls to an evaluator: shows the own certificate, accepts only the given OIN.</param>
    /// <param name="time">For waiting between attempts.</param>
    /// <param name="loggers">For what an operator should know.</param>
    /// <exception cref="ArgumentException">The options cannot be used.</exception>
    /// <exception cref="PseudonymException">The keys file cannot be used.</exception>
    public OprfPseudonymSource(PseudonymSourceOptions options, Func<Oin, HttpMessageHandler> connect, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(connect);
        if (options.Validate("Pseudonyms") is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, faults), nameof(options));
        }

        var logger = loggers.CreateLogger<OprfPseudonymSource>();
        (_deadline, _time) = (options.Deadline, time);
        _keys = new FederationKeysFile(options.KeysFile, logger);
        _evaluators = [.. options.Evaluators.Select(e => new EvaluatorConnection(e.Oin,
            GrpcChannel.ForAddress(e.Address!, new GrpcChannelOptions { HttpHandler = connect(Oin.Parse(e.Oin)), DisposeHttpClient = true, LoggerFactory = loggers }), time))];
        if (_evaluators.Count == 1)
        {
            Log.Single(logger);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Keys => [.. _keys.Current.Keys.Select(k => k.Id)];

    /// <inheritdoc/>
    /// <exception cref="PseudonymException">An evaluator refused, was away too long, or could not prove its answer. Nothing was derived.</exception>
    public Task<IReadOnlyList<Pseudonym>> EvaluateAsync(IReadOnlyList<string> bsns, CancellationToken cancellationToken)
    {
        var keys = _keys.Current;
        return EvaluateAsync(keys.Scope, keys.Keys[0], bsns, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="PseudonymException">As <see cref="EvaluateAsync(IReadOnlyList{string}, CancellationToken)"/>; also when the key is not in use.</exception>
    public Task<IReadOnlyList<Pseudonym>> EvaluateUnderAsync(string keyId, IReadOnlyList<string> bsns, CancellationToken cancellationToken)
    {
        var keys = _keys.Current;
        return EvaluateAsync(keys.Scope, keys.Keys.FirstOrDefault(k => k.Id == keyId) ?? throw new PseudonymException(EvaluatorRefusals.KeyUnknown, keyId), bsns, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _evaluators.ForEach(e => e.Dispose());

    private async Task<IReadOnlyList<Pseudonym>> EvaluateAsync(string scope, FederationKey key, IReadOnlyList<string> bsns, CancellationToken cancellationToken)
    {
        Check(bsns);
        if (bsns.Count == 0)
        {
            return [];
        }

        var deadline = TimeProvider.System.GetUtcNow().UtcDateTime + _deadline;
        var hidden = await EachAsync<Hidden>(bsns.Count, part => [.. Indices(part).Select(i => Hidden.Of(PseudonymInput.Derive(bsns[i], scope)))], cancellationToken);
        try
        {
            var sums = await SumAsync(key, [.. hidden.Select(h => h.Blinded.Element)], deadline, cancellationToken);
            return await EachAsync(bsns.Count, part => Finish(key.Id, hidden[part], sums[part]), cancellationToken);
        }
        finally
        {
            Array.ForEach(hidden, h => h.Dispose());
        }
    }

    /// <summary>k·B for each element: what the evaluators give, added, when their public keys add up to the federation's.</summary>
    private async Task<GroupElement[]> SumAsync(
        FederationKey key, IReadOnlyList<GroupElement> blinded, DateTime deadline, CancellationToken cancellationToken)
    {
        PseudonymException? outOfStep = null;
        foreach (var wait in RefreshWaits)
        {
            var given = await AskAllAsync(key, blinded, deadline, outOfStep, cancellationToken);
            if (Sum([.. given.Select(g => g.PublicKey)]) is { } publicKey && publicKey.ToArray().AsSpan().SequenceEqual(key.PublicKey))
            {
                return [.. Enumerable.Range(0, blinded.Count).Select(i => Sum([.. given.Select(g => g.Elements[i])])
                    ?? throw new PseudonymException(PseudonymRefusals.AnswerMalformed, "the elements add up to the identity"))];
            }

            // Between the moments at which the one and the other evaluator goes over to refreshed shares; it passes by itself. Each attempt costs budget.
            outOfStep = new PseudonymException(PseudonymRefusals.SharesDoNotFit, $"key {key.Id}, epochs {string.Join(" and ", given.Select(g => g.Epoch))}");
            if (given.Select(g => g.Epoch).Distinct().Count() == 1 || TimeProvider.System.GetUtcNow().UtcDateTime + wait >= deadline)
            {
                break;
            }

            await Task.Delay(wait, _time, cancellationToken);
        }

        throw outOfStep!;
    }

    private async Task<ProvenEvaluation[]> AskAllAsync(
        FederationKey key, IReadOnlyList<GroupElement> blinded, DateTime deadline, PseudonymException? before, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.WhenAll(_evaluators.Select(e => e.EvaluateAsync(key.Id, blinded, deadline, cancellationToken)));
        }
        catch (PseudonymException late) when (before is not null && late.Status == Grpc.Core.StatusCode.DeadlineExceeded)
        {
            // What was wrong before says more than that time ran out on trying again.
            throw before;
        }
    }

    private static GroupElement? Sum(IReadOnlyList<GroupElement> elements) =>
        elements.Skip(1).Aggregate((GroupElement?)elements[0], (sum, next) => sum?.Add(next));

    private static void Check(IReadOnlyList<string> bsns)
    {
        ArgumentNullException.ThrowIfNull(bsns);
        if (bsns.Count > MaxNumbers)
        {
            throw new ArgumentException($"At most {MaxNumbers} numbers at once.", nameof(bsns));
        }

        for (var i = 0; i < bsns.Count; i++)
        {
            if (!Elfproef.Holds(bsns[i]))
            {
                throw new ArgumentException($"Number {i} does not pass the elfproef.", nameof(bsns));
            }
        }
    }

    /// <summary>A fifth of a millisecond of arithmetic each: in parts, on all processors, away from the caller's thread.</summary>
    private static Task<T[]> EachAsync<T>(int count, Func<Range, T[]> work, CancellationToken cancellationToken) => Task.Run(() =>
    {
        var parts = new T[(count + PartSize - 1) / PartSize][];
        Parallel.For(0, parts.Length, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount },
            i => parts[i] = work((i * PartSize)..Math.Min((i + 1) * PartSize, count)));
        return parts.SelectMany(p => p).ToArray();
    }, cancellationToken);

    private static IEnumerable<int> Indices(Range part) => Enumerable.Range(part.Start.Value, part.End.Value - part.Start.Value);

    private static Pseudonym[] Finish(string keyId, Hidden[] hidden, GroupElement[] evaluated)
    {
        var unblinded = BlindedInput.UnblindAll([.. hidden.Select(h => h.Blinded)], evaluated);
        return [.. hidden.Select((h, i) => Pseudonym.Create(keyId, OprfSuite.Finalize(h.Input, unblinded[i])))];
    }

    private sealed record Hidden(byte[] Input, BlindedInput Blinded) : IDisposable
    {
        public static Hidden Of(byte[] input) => new(input, Suite.Blind(input));

        public void Dispose()
        {
            CryptographicOperations.ZeroMemory(Input);
            Blinded.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(8753, LogLevel.Warning,
            "ONE EVALUATOR of pseudonyms is configured, for development: whoever runs it can rebuild every BSN from pseudonyms. Invented people only.")]
        public static partial void Single(ILogger logger);
    }
}
