using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Keten.DecisionLog.Subjects;

/// <summary>A person's key as the writer uses it. The cipher is made once: that costs more than sealing a record with it.</summary>
/// <param name="number">Its slot.</param>
/// <param name="secret">32 bytes.</param>
/// <param name="month">Last month it was used in, as <see cref="UseMonth"/>.</param>
[SuppressMessage("Design", "CA1001", Justification = "Dropped from the cache while others may be sealing with it; the cipher goes with its handle.")]
internal sealed class SubjectKey(long number, ReadOnlySpan<byte> secret, int month)
{
    private readonly Lock _gate = new();

    private readonly AesGcm _cipher = new(secret, RecordSeal.TagBytes);
    private int _month = month;

    public long Number { get; } = number;

    public int Month => Volatile.Read(ref _month);

    public void UsedIn(int month) => Volatile.Write(ref _month, month);

    public void Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, Span<byte> target, Span<byte> tag, ReadOnlySpan<byte> associated)
    {
        lock (_gate)
        {
            _cipher.Encrypt(nonce, plain, target, tag, associated);
        }
    }
}
