namespace Keten.DecisionLog.Tree;

/// <summary>Gives the hashes of whole subtrees, from which every root and proof is made.</summary>
internal interface ITreeSource
{
    /// <summary>Hash of the subtree over leaves <c>[index · 2^level, (index + 1) · 2^level)</c>.</summary>
    TreeHash Subtree(int level, long index);
}
