using Google.Protobuf;
using Grpc.Core;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Gateway.Decisions;
using Keten.Gateway.Pipeline;
using Keten.Protocol.V1;

namespace Keten.Gateway.Own;

/// <summary>The rest of a call the gateway answers itself: what an adapter does at the other end, terms before the data and no field that is not allowed.</summary>
internal static class OwnAnswer
{
    /// <summary>The call that was decided and recorded.</summary>
    public static Call CallOf(ServerCallContext context) =>
        context.GetHttpContext().Features.Get<Call>() ?? throw new InvalidOperationException("A service of the gateway was called past the pipeline.");

    /// <summary>Sends the terms, and takes off the message what the decision does not list.</summary>
    public static async Task<T> GiveAsync<T>(ServerCallContext context, T answer)
        where T : IMessage
    {
        var call = CallOf(context);
        Prune(call, answer);
        await GiveTermsAsync(context, call);
        return answer;
    }

    public static void Prune(Call call, IMessage answer) => FieldPruner.For(call.Operation!, call.Decision!.Fields).Prune(answer);

    public static Task GiveTermsAsync(ServerCallContext context, Call call)
    {
        var decision = call.Decision!;
        var terms = new Disclosure
        {
            DecisionId = call.DecisionId, RetentionDays = decision.RetentionDays, BreakGlass = decision.BreakGlass, ReasonCode = decision.ReasonCode,
        };
        terms.Fields.Add(decision.Fields);
        terms.Obligations.Add(decision.Obligations);
        terms.LegalBasis.Add(decision.LegalBasis);
        AnswerLabels.Write(decision, context.GetHttpContext().Response.Headers);
        return context.WriteResponseHeadersAsync(new Metadata { { KetenHeaders.Disclosure, terms.ToByteArray() } });
    }

    /// <summary>Ends the call with a refusal, in the form of every other.</summary>
    public static RpcException Refuse(ServerCallContext context, Refusal refusal) => RefusalWriter.AsException(CallOf(context), (Refused)refusal);
}
