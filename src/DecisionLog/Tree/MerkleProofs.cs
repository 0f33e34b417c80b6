using System.Numerics;

namespace Keten.DecisionLog.Tree;

/// <summary>
/// Inclusion and consistency proofs of RFC 6962, sections 2.1.1 and 2.1.2. Making follows the definitions there; checking follows RFC 9162,
/// sections 2.1.3.2 and 2.1.4.2, and shares no code with making.
/// </summary>
public static class MerkleProofs
{
    /// <summary>More hashes than any proof has.</summary>
    public const int MostHashes = 63;

    /// <summary>True when the leaf stands at <paramref name="index"/> of the tree with this size and root.</summary>
    public static bool ProvesInclusion(TreeHash leaf, long index, long size, TreeHash root, IReadOnlyList<TreeHash> proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        if (index < 0 || index >= size)
        {
            return false;
        }

        var (node, last, hash) = (index, size - 1, leaf);
        foreach (var sibling in proof)
        {
            if (last == 0)
            {
                return false;
            }

            if ((node & 1) == 1 || node == last)
            {
                hash = TreeHash.Node(sibling, hash);
                SkipAlone(ref node, ref last);
            }
            else
            {
                hash = TreeHash.Node(hash, sibling);
            }

            node >>= 1;
            last >>= 1;
        }

        return last == 0 && hash == root;
    }

    /// <summary>True when the tree of the old size and root is the beginning of the tree of the new.</summary>
    public static bool ProvesConsistency(long oldSize, TreeHash oldRoot, long newSize, TreeHash newRoot, IReadOnlyList<TreeHash> proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        if (oldSize < 0 || oldSize > newSize)
        {
            return false;
        }

        if (oldSize == 0 || oldSize == newSize)
        {
            return proof.Count == 0 && (oldSize == newSize ? oldRoot == newRoot : oldRoot == TreeHash.Empty);
        }

        // A whole subtree is not repeated in the proof: it is the old root itself.
        IEnumerable<TreeHash> path = BitOperations.IsPow2(oldSize) ? proof.Prepend(oldRoot) : proof;
        var (node, last) = (oldSize - 1, newSize - 1);
        while ((node & 1) == 1)
        {
            node >>= 1;
            last >>= 1;
        }

        TreeHash? before = null;
        TreeHash after = default;
        foreach (var hash in path)
        {
            if (before is not { } old)
            {
                before = after = hash;
                continue;
            }

            if (last == 0)
            {
                return false;
            }

            if ((node & 1) == 1 || node == last)
            {
                before = TreeHash.Node(hash, old);
                after = TreeHash.Node(hash, after);
                SkipAlone(ref node, ref last);
            }
            else
            {
                after = TreeHash.Node(after, hash);
            }

            node >>= 1;
            last >>= 1;
        }

        return last == 0 && before == oldRoot && after == newRoot;
    }

    /// <summary>Proof that a leaf is in the tree of this size: from its sibling up.</summary>
    internal static List<TreeHash> Inclusion(ITreeSource source, long index, long size)
    {
        var proof = new List<TreeHash>();
        var (start, end) = (0L, size);
        while (end - start > 1)
        {
            var middle = start + Split(end - start);
            var left = index < middle;
            proof.Add(left ? Root(source, middle, end) : Root(source, start, middle));
            (start, end) = left ? (start, middle) : (middle, end);
        }

        proof.Reverse();
        return proof;
    }

    /// <summary>Proof that the tree of the old size is the beginning of that of the new.</summary>
    internal static List<TreeHash> Consistency(ITreeSource source, long oldSize, long newSize)
    {
        var proof = new List<TreeHash>();
        if (oldSize == 0 || oldSize == newSize)
        {
            return proof;
        }

        var (start, end, known) = (0L, newSize, true);
        while (oldSize != end)
        {
            var middle = start + Split(end - start);
            if (oldSize <= middle)
            {
                proof.Add(Root(source, middle, end));
                end = middle;
            }
            else
            {
                proof.Add(Root(source, start, middle));
                (start, known) = (middle, false);
            }
        }

        if (!known)
        {
            proof.Add(Root(source, start, end));
        }

        proof.Reverse();
        return proof;
    }

    /// <summary>Root over the leaves from <paramref name="start"/>, a border of subtrees, to <paramref name="end"/>.</summary>
    internal static TreeHash Root(ITreeSource source, long start, long end)
    {
        var count = end - start;
        if (count == 0)
        {
            return TreeHash.Empty;
        }

        if (BitOperations.IsPow2(count))
        {
            var level = BitOperations.Log2((ulong)count);
            return source.Subtree(level, start >> level);
        }

        var middle = start + Split(count);
        return TreeHash.Node(Root(source, start, middle), Root(source, middle, end));
    }

    /// <summary>The largest power of two below the count.</summary>
    private static long Split(long count) => 1L << BitOperations.Log2((ulong)(count - 1));

    // At the right edge a subtree goes up without a sibling.
    private static void SkipAlone(ref long node, ref long last)
    {
        while (node != 0 && (node & 1) == 0)
        {
            node >>= 1;
            last >>= 1;
        }
    }
}
