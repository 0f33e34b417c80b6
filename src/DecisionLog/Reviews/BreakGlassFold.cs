using Keten.Contracts;
using Keten.Protocol.V1;

namespace Keten.DecisionLog.Reviews;

/// <summary>What the log says of break-glass and its reviews, record after record. There is no other truth: whoever reads the log from the start knows the same.</summary>
public sealed class BreakGlassFold
{
    private readonly Dictionary<string, BreakGlassUse> _uses = new(StringComparer.Ordinal);

    /// <summary>All uses so far, oldest first.</summary>
    public IEnumerable<BreakGlassUse> Uses => _uses.Values.OrderBy(use => use.Index);

    /// <summary>Whether a stored record can matter to who keeps a fold in memory; a quick look, which decodes nothing.</summary>
    internal static bool MayMatter(DurableRecord record)
    {
        if (record.MayHold(Mark))
        {
            return true;
        }

        var fields = new WireReader(record.Payload.Span);
        while (fields.Read())
        {
            if (fields.Number == LogRecord.SubjectErasedFieldNumber)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A text that every decision and review that matters here holds.</summary>
    internal static ReadOnlySpan<byte> Mark => "review-24h"u8;

    /// <summary>Everything on the log in a directory.</summary>
    /// <inheritdoc cref="DecisionLogReader.Read"/>
    public static BreakGlassFold Read(string directory, long fromIndex = 0, Action<TornTail>? onTornTail = null, CancellationToken cancellationToken = default)
    {
        var fold = new BreakGlassFold();
        foreach (var entry in DecisionLogReader.ReadEntries(directory, fromIndex, onTornTail))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.Payload.Span.IndexOf(Mark) >= 0)
            {
                fold.Add(entry.Index, entry.Record);
            }
        }

        return fold;
    }

    /// <summary>Takes the next record, or one again.</summary>
    /// <returns>The use it is about; null when it is about none that is known.</returns>
    public BreakGlassUse? Add(long index, LogRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (BreakGlassUse.From(index, record) is { } use)
        {
            return _uses.TryAdd(use.Decision.DecisionId, use) ? use : _uses[use.Decision.DecisionId];
        }

        if (record.Review is { Obligation: ObligationIds.Review24Hours } review && _uses.TryGetValue(review.DecisionId, out var reviewed))
        {
            return _uses[review.DecisionId] = reviewed.With(review);
        }

        if (record.SubjectErased is { } erased)
        {
            foreach (var known in _uses.Values.Where(known => erased.SubjectKeys.Contains(known.SubjectKey)).ToList())
            {
                _uses[known.Decision.DecisionId] = known.WithoutPerson();
            }
        }

        return null;
    }

    /// <summary>The use with this decision id.</summary>
    public BreakGlassUse? Find(string decisionId) => _uses.GetValueOrDefault(decisionId);

    /// <summary>Lets go of one, for who keeps only what is open.</summary>
    internal void Forget(BreakGlassUse use) => _uses.Remove(use.Decision.DecisionId);
}
