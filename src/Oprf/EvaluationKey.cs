using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Keten.Oprf;

/// <summary>
/// A secret key, or one party's additive share of one. Kept in one pinned buffer that is overwritten when disposed; what is exported or derived is the
/// caller's to overwrite. Safe for concurrent use.
/// </summary>
public sealed class EvaluationKey : IDisposable
{
    /// <summary>Length of an exported key: big-endian.</summary>
    public const int Length = Scalar.Bytes;

    private readonly byte[] _scalar = GC.AllocateUninitializedArray<byte>(Length, pinned: true);
    private bool _disposed;

    internal EvaluationKey(in Scalar scalar)
    {
        scalar.CopyTo(_scalar);
        using var multiplier = SecretMultiplier.Of(scalar);
        PublicKey = multiplier.MultiplyGenerator();
    }

    /// <summary>k·G.</summary>
    public GroupElement PublicKey { get; }

    /// <summary>A new random key.</summary>
    public static EvaluationKey Generate()
    {
        Scalar scalar;
        do
        {
            scalar = Scalar.Random();
        }
        while ((scalar + Scalar.One).IsZero);

        return new EvaluationKey(scalar);
    }

    /// <summary>Accepts exactly 32 bytes below the order; not zero, and not minus one, which no honest party draws.</summary>
    public static bool TryImport(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out EvaluationKey? key)
    {
        key = Scalar.TryParse(bytes, out var scalar) && !scalar.IsZero && !(scalar + Scalar.One).IsZero ? new EvaluationKey(scalar) : null;
        return key is not null;
    }

    /// <summary>Writes the 32 bytes.</summary>
    public void Export(Span<byte> bytes) => Value.CopyTo(bytes);

    /// <summary>k·P for each point, in order.</summary>
    public IReadOnlyList<GroupElement> Evaluate(IReadOnlyList<GroupElement> elements)
    {
        ArgumentNullException.ThrowIfNull(elements);
        using var multiplier = SecretMultiplier.Of(Value);
        return [.. elements.Select(multiplier.Multiply)];
    }

    /// <summary>
    /// The share k + d, or k - d: two parties that apply the same d, one each way, have new shares of the same key.
    /// </summary>
    public EvaluationKey Shift(EvaluationKey difference, bool subtract)
    {
        ArgumentNullException.ThrowIfNull(difference);
        return new EvaluationKey(subtract ? Value - difference.Value : Value + difference.Value);
    }

    internal Scalar Value
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return Scalar.TryParse(_scalar, out var scalar) ? scalar : throw new CryptographicException("The key was overwritten.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_scalar);
    }
}
