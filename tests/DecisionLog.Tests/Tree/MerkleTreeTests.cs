using System.Globalization;
using System.Text;
using CsCheck;
using Keten.DecisionLog.Tree;

namespace Keten.DecisionLog.Tests.Tree;

/// <summary>Against the vectors of Certificate Transparency's reference code and of Go's checksum database, and against the definition.</summary>
public sealed class MerkleTreeTests
{
    private static readonly byte[][] Leaves =
    [
        .. new[] { "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f" }.Select(Convert.FromHexString),
    ];

    private static readonly string[] Roots =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    private static readonly Gen<byte[][]> SomeLeaves = Gen.Byte.Array[0, 4].Array[1, 700];

    [Fact]
    public void Has_the_roots_of_the_reference_tree_at_every_size()
    {
        var edge = new TreeEdge();
        Assert.Equal(Roots[0], Hex(edge.Root()));
        for (var size = 1; size <= Leaves.Length; size++)
        {
            edge.Add(TreeHash.Leaf(Leaves[size - 1]));
            Assert.Equal(Roots[size], Hex(edge.Root()));
        }
    }

    [Theory]
    [InlineData(1, "G7l9zCFjXUfiZj79/QoXRobZjdcBNS3SzQbotD/T0wU=")]
    [InlineData(100, "E/iJFcVg3JEaHaD7IJ2EoglxBR8pTr60KPs/wpOvJ0M=")]
    [InlineData(256, "z17/2xHQknou31Ow5zx4N/ZZQU4AU32l2Q61xMSf8nQ=")]
    [InlineData(1000, "L/M/udjxT4nKMGKJYzM2oWj/P0Uy6PdBoAGdy0wdYKE=")]
    public void Has_the_roots_of_Gos_checksum_database(int size, string root)
    {
        var edge = new TreeEdge();
        for (var i = 0; i < size; i++)
        {
            edge.Add(TreeHash.Leaf(Encoding.ASCII.GetBytes("leaf " + i.ToString(CultureInfo.InvariantCulture))));
        }

        Assert.Equal(root, edge.Root().ToString());
    }

    [Fact]
    public void Proves_the_consistency_of_the_reference_tree_with_the_published_proofs()
    {
        var tree = new HeldTree(Leaves);
        TreeHash[] six = [Of("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"), Of("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"), Of(Roots[4])];
        TreeHash[] two = [Of("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"), Of("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")];

        Assert.Equal(six, MerkleProofs.Consistency(tree, 6, 8));
        Assert.Equal(two, MerkleProofs.Consistency(tree, 2, 5));
        Assert.True(MerkleProofs.ProvesConsistency(6, Of(Roots[6]), 8, Of(Roots[8]), six));
        Assert.True(MerkleProofs.ProvesConsistency(2, Of(Roots[2]), 5, Of(Roots[5]), two));
        Assert.False(MerkleProofs.ProvesConsistency(6, Of(Roots[5]), 8, Of(Roots[8]), six));
        Assert.True(MerkleProofs.ProvesInclusion(TreeHash.Leaf(Leaves[2]), 2, 3, Of(Roots[3]), [Of(Roots[2])]));
    }

    [Fact]
    public void Agrees_with_the_definition_on_any_tree() => SomeLeaves.Sample(
        leaves =>
        {
            var edge = new TreeEdge();
            Array.ForEach(leaves, leaf => edge.Add(TreeHash.Leaf(leaf)));
            var root = TreeHash.Read(NaiveTree.Root(leaves));
            Assert.Equal(root, edge.Root());
            Assert.Equal(root, MerkleProofs.Root(new HeldTree(leaves), 0, leaves.Length));
        },
        iter: 200);

    [Fact]
    public void Makes_the_inclusion_proof_of_the_definition_and_takes_no_other() => Gen.Select(SomeLeaves, Gen.Int[0, int.MaxValue], Gen.Int[0, int.MaxValue]).Sample(
        (leaves, pick, other) =>
        {
            var index = pick % leaves.Length;
            var root = TreeHash.Read(NaiveTree.Root(leaves));
            var leaf = TreeHash.Leaf(leaves[index]);
            var proof = MerkleProofs.Inclusion(new HeldTree(leaves), index, leaves.Length);
            Assert.Equal(NaiveTree.Path(index, leaves), proof);
            Assert.True(MerkleProofs.ProvesInclusion(leaf, index, leaves.Length, root, proof));

            Assert.False(MerkleProofs.ProvesInclusion(leaf, index, leaves.Length, root, [.. proof, leaf]));
            Assert.False(MerkleProofs.ProvesInclusion(TreeHash.Leaf([1, 2, 3, 4, 5]), index, leaves.Length, root, proof));
            if (proof.Count > 0)
            {
                Assert.False(MerkleProofs.ProvesInclusion(leaf, index, leaves.Length, root, proof[1..]));
                proof[other % proof.Count] = TreeHash.Empty;
                Assert.False(MerkleProofs.ProvesInclusion(leaf, index, leaves.Length, root, proof));
            }
        },
        iter: 200);

    [Fact]
    public void Makes_the_consistency_proof_of_the_definition_and_takes_no_other() => Gen.Select(SomeLeaves, Gen.Int[0, int.MaxValue], Gen.Int[0, int.MaxValue]).Sample(
        (leaves, pick, other) =>
        {
            var old = 1 + (pick % leaves.Length);
            var (oldRoot, root) = (TreeHash.Read(NaiveTree.Root(leaves.AsSpan(0, old))), TreeHash.Read(NaiveTree.Root(leaves)));
            var proof = MerkleProofs.Consistency(new HeldTree(leaves), old, leaves.Length);
            Assert.Equal(NaiveTree.Proof(old, leaves), proof);
            Assert.True(MerkleProofs.ProvesConsistency(old, oldRoot, leaves.Length, root, proof));
            Assert.False(MerkleProofs.ProvesConsistency(old, TreeHash.Empty, leaves.Length, root, proof));
            Assert.False(MerkleProofs.ProvesConsistency(old, oldRoot, leaves.Length, TreeHash.Empty, proof));
            Assert.False(MerkleProofs.ProvesConsistency(old, oldRoot, leaves.Length, root, [.. proof, root]));
            if (proof.Count > 0)
            {
                proof[other % proof.Count] = TreeHash.Empty;
                Assert.False(MerkleProofs.ProvesConsistency(old, oldRoot, leaves.Length, root, proof));
            }
        },
        iter: 200);

    [Fact]
    public void Goes_on_from_its_edge_as_if_it_had_never_stopped() => Gen.Select(SomeLeaves, Gen.Int[0, int.MaxValue]).Sample(
        (leaves, pick) =>
        {
            var stop = pick % leaves.Length;
            var first = new TreeEdge();
            foreach (var leaf in leaves.Take(stop))
            {
                first.Add(TreeHash.Leaf(leaf));
            }

            var second = TreeEdge.Resume(stop, tile => [.. first.Hashes(tile.Level)], null);
            foreach (var leaf in leaves.Skip(stop))
            {
                second.Add(TreeHash.Leaf(leaf));
            }

            Assert.Equal((leaves.Length, TreeHash.Read(NaiveTree.Root(leaves))), (second.Size, second.Root()));
        },
        iter: 200);

    [Fact]
    public void Tiles_have_the_paths_and_widths_of_the_specification()
    {
        Assert.Equal("tile/0/x001/x234/067.p/8", new Tile(0, 1234067, 8).Path);
        Assert.Equal("tile/1/000", new Tile(1, 0, 256).Path);
        Assert.Equal([new Tile(0, 273, 112), new Tile(1, 1, 17), new Tile(2, 0, 1)], Tile.Edge(70_000));
        Assert.Equal([new Tile(1, 0, 1)], Tile.Edge(256));
    }

    private static TreeHash Of(string hex) => TreeHash.Read(Convert.FromHexString(hex));

    private static string Hex(TreeHash hash)
    {
        var bytes = new byte[TreeHash.Size];
        hash.CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private sealed class HeldTree(byte[][] leaves) : ITreeSource
    {
        public TreeHash Subtree(int level, long index) =>
            TreeHash.Read(NaiveTree.Root(leaves.AsSpan((int)(index << level), 1 << level)));
    }
}
