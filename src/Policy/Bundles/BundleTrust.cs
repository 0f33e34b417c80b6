namespace Keten.Policy;

/// <summary>What a bundle must be before it may decide anything.</summary>
public sealed record BundleTrust
{
    /// <summary>Default of <see cref="MaxBytes"/>: 32 MiB.</summary>
    public const long DefaultMaxBytes = 32 * 1024 * 1024;

    /// <summary>Any signature or none: for what came with this version, and for tools that only look.</summary>
    public static BundleTrust Unsigned { get; } = new();

    /// <summary>One of these keys must have signed it; empty: not asked.</summary>
    public IReadOnlyList<BundleKey> Keys { get; init; } = [];

    /// <summary>Largest size, in bytes, packed and unpacked.</summary>
    public long MaxBytes { get; init; } = DefaultMaxBytes;
}
