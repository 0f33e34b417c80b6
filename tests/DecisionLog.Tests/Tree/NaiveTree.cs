using System.Security.Cryptography;
using Keten.DecisionLog.Tree;

namespace Keten.DecisionLog.Tests.Tree;

/// <summary>RFC 6962, section 2.1, written down as it stands there: slow, recursive, and sharing nothing with the code it judges.</summary>
internal static class NaiveTree
{
    public static byte[] Root(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.IsEmpty)
        {
            return SHA256.HashData([]);
        }

        if (leaves.Length == 1)
        {
            return SHA256.HashData([0, .. leaves[0]]);
        }

        var k = Split(leaves.Length);
        return SHA256.HashData([1, .. Root(leaves[..k]), .. Root(leaves[k..])]);
    }

    public static List<TreeHash> Path(int m, ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 1)
        {
            return [];
        }

        var k = Split(leaves.Length);
        return m < k
            ? [.. Path(m, leaves[..k]), TreeHash.Read(Root(leaves[k..]))]
            : [.. Path(m - k, leaves[k..]), TreeHash.Read(Root(leaves[..k]))];
    }

    public static List<TreeHash> Proof(int m, ReadOnlySpan<byte[]> leaves) => SubProof(m, leaves, whole: true);

    private static List<TreeHash> SubProof(int m, ReadOnlySpan<byte[]> leaves, bool whole)
    {
        if (m == leaves.Length)
        {
            return whole ? [] : [TreeHash.Read(Root(leaves))];
        }

        var k = Split(leaves.Length);
        return m <= k
            ? [.. SubProof(m, leaves[..k], whole), TreeHash.Read(Root(leaves[k..]))]
            : [.. SubProof(m - k, leaves[k..], whole: false), TreeHash.Read(Root(leaves[..k]))];
    }

    private static int Split(int n)
    {
        var k = 1;
        while (k * 2 < n)
        {
            k *= 2;
        }

        return k;
    }
}
