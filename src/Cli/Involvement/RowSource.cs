namespace Keten.Cli.Involvement;

/// <summary>Where rows come from, one at a time.</summary>
internal abstract class RowSource : IAsyncDisposable
{
    /// <summary>Names of the columns, in order.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>How much was read and how much there is, in the source's own measure; null when it does not know.</summary>
    public virtual (double Read, double Total)? Progress => null;

    /// <summary>The next row's values, valid until the next call; false at the end.</summary>
    public abstract Task<bool> ReadAsync(CancellationToken cancellationToken);

    /// <summary>A value of the row, as text; empty when there is none.</summary>
    public abstract string this[int column] { get; }

    /// <summary>Null; or why the row as a whole cannot be read, in words that quote nothing of it.</summary>
    public virtual string? Fault => null;

    public abstract ValueTask DisposeAsync();
}
