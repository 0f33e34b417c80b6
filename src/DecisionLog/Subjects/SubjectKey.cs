namespace Keten.DecisionLog.Subjects;

/// <summary>A person's key as the writer uses it.</summary>
/// <param name="number">Its slot.</param>
/// <param name="secret">32 bytes.</param>
/// <param name="month">Last month it was used in, as <see cref="UseMonth"/>.</param>
internal sealed class SubjectKey(long number, byte[] secret, int month)
{
    private int _month = month;

    public long Number { get; } = number;

    public ReadOnlySpan<byte> Secret => secret;

    public int Month => Volatile.Read(ref _month);

    public void UsedIn(int month) => Volatile.Write(ref _month, month);
}
