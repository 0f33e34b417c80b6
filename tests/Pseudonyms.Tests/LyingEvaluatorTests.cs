using Google.Protobuf;
using Keten.Client.Pseudonyms;
using Keten.Oprf;
using Keten.Protocol.V1;

namespace Keten.Pseudonyms.Tests;

/// <summary>The second evaluator has its certificate and its share, and does what it likes. Nobody gets a wrong pseudonym.</summary>
public sealed class LyingEvaluatorTests
{
    [Fact]
    public async Task The_honest_answer_of_this_stand_in_is_believed() => Assert.Null(await AskAsync((_, response) => response));

    [Fact]
    public async Task A_proof_that_is_wrong_is_refused() => Assert.Equal("EVALUATION_PROOF_INVALID", await AskAsync((_, response) =>
    {
        var proof = response.Proof.ToByteArray();
        proof[40] ^= 1;
        response.Proof = ByteString.CopyFrom(proof);
        return response;
    }));

    [Fact]
    public async Task No_proof_is_refused() => Assert.Equal("EVALUATION_PROOF_INVALID", await AskAsync((_, response) =>
    {
        response.Proof = ByteString.Empty;
        return response;
    }));

    [Fact]
    public async Task One_element_of_another_key_is_refused() => Assert.Equal("EVALUATION_PROOF_INVALID", await AskAsync((request, response) =>
    {
        using var other = EvaluationKey.Generate();
        response.EvaluatedElements[0] = ByteString.CopyFrom(other.Evaluate([Elements(request)[0]])[0].ToArray());
        return response;
    }));

    [Fact]
    public async Task Elements_in_another_order_are_refused() => Assert.Equal("EVALUATION_PROOF_INVALID", await AskAsync((_, response) =>
    {
        (response.EvaluatedElements[0], response.EvaluatedElements[1]) = (response.EvaluatedElements[1], response.EvaluatedElements[0]);
        return response;
    }));

    [Fact]
    public async Task Another_key_with_a_perfect_proof_is_refused_for_it_does_not_add_up() => Assert.Equal("EVALUATOR_SHARES_DO_NOT_FIT", await AskAsync((request, response) =>
    {
        using var other = EvaluationKey.Generate();
        return Honest(request, other);
    }));

    [Fact]
    public async Task Another_key_dressed_as_a_refresh_is_refused_when_the_deadline_comes() => Assert.Equal("EVALUATOR_SHARES_DO_NOT_FIT", await AskAsync((request, response) =>
    {
        using var other = EvaluationKey.Generate();
        var lie = Honest(request, other);
        lie.Epoch = 1;
        return lie;
    }));

    [Fact]
    public async Task The_right_public_key_with_another_keys_evaluation_is_refused() => Assert.Equal("EVALUATION_PROOF_INVALID", await AskAsync((request, response) =>
    {
        using var other = EvaluationKey.Generate();
        var lie = Honest(request, other);
        lie.PublicKey = response.PublicKey;
        return lie;
    }));

    [Fact]
    public async Task Fewer_elements_another_key_id_and_points_off_the_curve_are_refused()
    {
        Assert.Equal("EVALUATION_MALFORMED", await AskAsync((_, response) =>
        {
            response.EvaluatedElements.RemoveAt(0);
            return response;
        }));
        Assert.Equal("EVALUATION_MALFORMED", await AskAsync((_, response) =>
        {
            response.KeyId = "k2";
            return response;
        }));
        Assert.Equal("EVALUATION_MALFORMED", await AskAsync((_, response) =>
        {
            response.EvaluatedElements[1] = ByteString.CopyFrom(new byte[33]);
            return response;
        }));
        Assert.Equal("EVALUATION_MALFORMED", await AskAsync((_, response) =>
        {
            response.PublicKey = ByteString.CopyFrom(1, 2, 3);
            return response;
        }));
    }

    [Fact]
    public async Task Nobody_else_can_stand_in_for_an_evaluator()
    {
        await using var evaluators = await TheEvaluators.StartAsync();
        // The first one's address under the second one's name.
        var failure = await Assert.ThrowsAsync<PseudonymException>(
            () => evaluators.Source(second: evaluators.Address(TheEvaluators.First), deadline: TimeSpan.FromSeconds(2)).EvaluateAsync([Some.Bsn], default));
        Assert.Equal("EVALUATOR_NOT_REACHABLE", failure.ReasonCode);
    }

    private static async Task<string?> AskAsync(Func<EvaluateRequest, EvaluateResponse, EvaluateResponse> lie)
    {
        await using var evaluators = new TheEvaluators();
        await evaluators.StartAsync(TheEvaluators.First);
        using var keys = EvaluatorKeyFile.Load(evaluators.KeyFile(TheEvaluators.Second));
        await evaluators.StartLiarAsync(request => lie(request, Honest(request, keys.Live("k1").Key!)));
        var failure = await Record.ExceptionAsync(() => evaluators.Source(deadline: TimeSpan.FromSeconds(2)).EvaluateAsync([Some.Bsn, Some.OtherBsn], default));
        return failure is null ? null : Assert.IsType<PseudonymException>(failure).ReasonCode;
    }

    private static EvaluateResponse Honest(EvaluateRequest request, EvaluationKey key)
    {
        var blinded = Elements(request);
        var evaluated = key.Evaluate(blinded);
        return new EvaluateResponse
        {
            KeyId = request.KeyId, PublicKey = ByteString.CopyFrom(key.PublicKey.ToArray()), Proof = ByteString.CopyFrom(DleqProof.Prove(key, blinded, evaluated)),
            EvaluatedElements = { evaluated.Select(e => ByteString.CopyFrom(e.ToArray())) },
        };
    }

    private static GroupElement[] Elements(EvaluateRequest request) =>
        [.. request.BlindedElements.Select(b => GroupElement.TryParse(b.Span, out var element) ? element : throw new InvalidOperationException())];
}
