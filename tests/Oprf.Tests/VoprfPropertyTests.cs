using CsCheck;

namespace Keten.Oprf.Tests;

public sealed class VoprfPropertyTests
{
    private static readonly OprfSuite Suite = OprfSuite.Verifiable;
    private static readonly Gen<byte[]> Input = Gen.Byte.Array[0, 64];

    [Fact]
    public void The_output_depends_on_input_and_key_and_not_on_the_blind() => Input.Sample(input =>
    {
        using var key = EvaluationKey.Generate();
        using var other = EvaluationKey.Generate();
        Assert.Equal(Output(input, key), Output(input, key));
        Assert.NotEqual(Output(input, key), Output(input, other));
        Assert.NotEqual(Output(input, key), Output([.. input, 0], key));
    }, iter: 30);

    [Fact]
    public void Two_shares_give_what_the_whole_key_gives() => Input.Sample(input =>
    {
        using var first = EvaluationKey.Generate();
        using var second = EvaluationKey.Generate();
        using var whole = first.Shift(second, subtract: false);
        Assert.Equal(whole.PublicKey, first.PublicKey.Add(second.PublicKey));

        using var blind = Suite.Blind(input);
        var sum = first.Evaluate([blind.Element])[0].Add(second.Evaluate([blind.Element])[0])!;
        Assert.Equal(Output(input, whole), OprfSuite.Finalize(input, blind.Unblind(sum)));
    }, iter: 30);

    [Fact]
    public void Shares_that_are_shifted_against_each_other_are_still_shares_of_the_same_key()
    {
        using var first = EvaluationKey.Generate();
        using var second = EvaluationKey.Generate();
        using var difference = EvaluationKey.Generate();
        using var newFirst = first.Shift(difference, subtract: false);
        using var newSecond = second.Shift(difference, subtract: true);

        Assert.NotEqual(first.PublicKey, newFirst.PublicKey);
        Assert.Equal(first.PublicKey.Add(second.PublicKey), newFirst.PublicKey.Add(newSecond.PublicKey));
        Assert.NotEqual(first.PublicKey.Add(second.PublicKey), first.PublicKey.Add(newSecond.PublicKey));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(17)]
    [InlineData(1_000)]
    public void A_true_proof_holds_for_a_batch_of(int size)
    {
        var (key, blinded, evaluated, proof) = Batch(size);
        Assert.True(DleqProof.Verify(key.PublicKey, blinded, evaluated, proof));
        if (size > 1)
        {
            // The order belongs to it.
            Assert.False(DleqProof.Verify(key.PublicKey, blinded, [.. evaluated.Reverse()], proof));
            Assert.False(DleqProof.Verify(key.PublicKey, [.. blinded.Reverse()], [.. evaluated.Reverse()], proof));
        }
    }

    [Fact]
    public void One_element_evaluated_with_another_key_spoils_the_proof_of_the_whole_batch()
    {
        var (key, blinded, evaluated, _) = Batch(20);
        using var other = EvaluationKey.Generate();
        GroupElement[] spoiled = [.. evaluated];
        spoiled[13] = other.Evaluate([blinded[13]])[0];
        Assert.False(DleqProof.Verify(key.PublicKey, blinded, spoiled, DleqProof.Prove(key, blinded, spoiled)));
        Assert.False(DleqProof.Verify(key.PublicKey, blinded, spoiled, DleqProof.Prove(other, blinded, spoiled)));
        Assert.False(DleqProof.Verify(other.PublicKey, blinded, evaluated, DleqProof.Prove(key, blinded, evaluated)));
    }

    [Fact]
    public void Two_wrongs_that_cancel_in_the_sum_are_found()
    {
        var (key, blinded, evaluated, _) = Batch(2);
        using var error = EvaluationKey.Generate();
        GroupElement[] spoiled = [evaluated[0].Add(error.PublicKey)!, evaluated[1].Add(error.PublicKey.Negate())!];
        Assert.False(DleqProof.Verify(key.PublicKey, blinded, spoiled, DleqProof.Prove(key, blinded, spoiled)));
    }

    [Fact]
    public void A_proof_with_any_bit_changed_is_refused()
    {
        var (key, blinded, evaluated, proof) = Batch(2);
        Gen.Int[0, (DleqProof.Length * 8) - 1].Sample(bit =>
        {
            byte[] changed = [.. proof];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            return !DleqProof.Verify(key.PublicKey, blinded, evaluated, changed);
        }, iter: 200);
    }

    [Fact]
    public void A_proof_of_another_mode_or_of_no_batch_is_refused()
    {
        var (key, blinded, evaluated, proof) = Batch(2);
        Assert.False(DleqProof.Verify(key.PublicKey, blinded, evaluated, proof, OprfSuite.Base));
        Assert.False(DleqProof.Verify(key.PublicKey, [], [], proof));
        Assert.False(DleqProof.Verify(key.PublicKey, blinded, [evaluated[0]], proof));
        Assert.Throws<ArgumentException>(() => DleqProof.Prove(key, [], []));
        Assert.Throws<ArgumentException>(() => DleqProof.Prove(key, Enumerable.Repeat(blinded[0], 1_001).ToArray(), Enumerable.Repeat(evaluated[0], 1_001).ToArray()));
    }

    private static byte[] Output(byte[] input, EvaluationKey key)
    {
        using var blind = Suite.Blind(input);
        return OprfSuite.Finalize(input, blind.Unblind(key.Evaluate([blind.Element])[0]));
    }

    private static (EvaluationKey Key, GroupElement[] Blinded, IReadOnlyList<GroupElement> Evaluated, byte[] Proof) Batch(int size)
    {
        var key = EvaluationKey.Generate();
        GroupElement[] blinded = [.. Enumerable.Range(0, size).Select(i => Suite.HashToGroup(BitConverter.GetBytes(i)))];
        var evaluated = key.Evaluate(blinded);
        return (key, blinded, evaluated, DleqProof.Prove(key, blinded, evaluated));
    }
}
