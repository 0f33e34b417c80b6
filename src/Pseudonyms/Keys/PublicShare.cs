using System.Text;
using Keten.Oprf;

namespace Keten.Pseudonyms;

/// <summary>The public side of one share.</summary>
/// <param name="Id">Key id.</param>
/// <param name="Epoch">How often the share was refreshed.</param>
/// <param name="PublicKey">33 bytes.</param>
/// <param name="Evaluated">A fixed point times the share, ...</param>
/// <param name="Proof">... and the proof of it: only who has the share can make it.</param>
public sealed record PublicShare(string Id, int Epoch, byte[] PublicKey, byte[] Evaluated, byte[] Proof)
{
    internal static PublicShare Of(KeyShare share)
    {
        var point = Point(share.Id, share.Epoch);
        var evaluated = share.Key!.Evaluate([point]);
        return new PublicShare(share.Id, share.Epoch, share.Key.PublicKey.ToArray(), evaluated[0].ToArray(), DleqProof.Prove(share.Key, [point], evaluated));
    }

    /// <summary>The public key as a point.</summary>
    public GroupElement Element => GroupElement.TryParse(PublicKey, out var element) ? element : throw new KeyFileException($"The public key of {Id} is no point.");

    internal bool IsProven() => Id is not null && GroupElement.TryParse(PublicKey, out var key) && GroupElement.TryParse(Evaluated, out var evaluated)
        && DleqProof.Verify(key, [Point(Id, Epoch)], [evaluated], Proof);

    private static GroupElement Point(string id, int epoch) =>
        OprfSuite.Verifiable.HashToGroup(Encoding.ASCII.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"keten evaluator statement {id} {epoch}")));
}
