using Grpc.Core;
using Keten.Contracts;
using Keten.Gateway.Involvement;
using Keten.Gateway.Involvement.Matching;
using Keten.Gateway.Involvement.View;
using Keten.Policy;
using Keten.Protocol.V1;

namespace Keten.Gateway.Own;

/// <summary>Who else is involved, as far as the caller's matches have told it: of each holder the fields of its level, of shielded ones nothing (M3, M4).</summary>
internal sealed class InvolvementIndexGrpcService(InvolvementView view, Visibilities visibilities)
    : InvolvementIndexService.InvolvementIndexServiceBase
{
    public override async Task<ListInvolvedResponse> ListInvolved(ListInvolvedRequest request, ServerCallContext context)
    {
        var call = OwnAnswer.CallOf(context);
        var active = view.Table.Of(call.Subject!.Value).Where(i => i.Active && !i.ForPurposeOnly && i.Purpose == call.Purpose).ToList();
        var answer = new ListInvolvedResponse();

        // Only who is in this index itself has matches in it (M2).
        if (active.Find(i => i.Organisation == call.Caller!.Oin) is { } own)
        {
            foreach (var holder in active.Where(i => i.Organisation != own.Organisation).OrderBy(i => i.ActiveSince))
            {
                var visibility = await VisibilityAsync(context, own, holder);
                if (!visibility.IsNone)
                {
                    Add(answer, holder, visibility.Fields);
                }
            }
        }

        return await OwnAnswer.GiveAsync(context, answer);
    }

    private static void Add(ListInvolvedResponse answer, HeldInvolvement holder, IReadOnlyList<string> fields)
    {
        var shown = InvolvementNames.Only(holder.Details, fields);

        // Which organisation it is, is one thing, by name or by number.
        var oin = fields.Contains(InvolvementNames.Organisation, StringComparer.Ordinal) ? holder.Organisation.Value : "";
        answer.Involved.Add(new Involved { Oin = oin, Involvement = shown });
#pragma warning disable CS0612 // For who reads the older field.
        answer.Involvements.Add(shown);
#pragma warning restore CS0612
    }

    private async Task<InvolvementVisibility> VisibilityAsync(ServerCallContext context, HeldInvolvement viewer, HeldInvolvement holder)
    {
        try
        {
            return await visibilities.OfAsync(viewer, holder, context.CancellationToken);
        }
        catch (PolicyUnavailableException)
        {
            throw OwnAnswer.Refuse(context, Refusals.PolicyUnavailable);
        }
    }
}
