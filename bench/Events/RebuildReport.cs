namespace Keten.Bench.Events;

/// <summary>What it takes to hold all involvements.</summary>
public sealed record RebuildReport
{
    public required int Involvements { get; init; }

    public required double Seconds { get; init; }

    public required double ProcessorSeconds { get; init; }

    /// <summary>Bytes of memory for each.</summary>
    public required double BytesEach { get; init; }

    public required long BytesEachInKafka { get; init; }
}
