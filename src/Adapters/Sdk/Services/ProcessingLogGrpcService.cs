using System.Globalization;
using Grpc.Core;
using Keten.Adapters.Sdk.Disclosure;
using Keten.Adapters.Sdk.Logbook;
using Keten.Adapters.Sdk.Storage;
using Keten.Contracts;
using Keten.Policy;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Services;

/// <summary>What this organisation's logbook has about the person of the call, without what the policy leaves out (R18f); nothing while it shields an involvement (M4).</summary>
internal sealed class ProcessingLogGrpcService(
    AdapterStore store, SecondDecision second, ShieldedPersons shielded, TimeProvider time) : ProcessingLogService.ProcessingLogServiceBase
{
    private const int MostLines = 1_000;

    public override async Task<ListProcessingResponse> ListProcessing(ListProcessingRequest request, ServerCallContext context)
    {
        var call = VerifiedCall.Of(context);
        var now = time.GetUtcNow();
        if (request.Offset < 0 || request.Limit is < 0 or > MostLines || !TryRead(request.Until, out var until))
        {
            throw new AdapterRefusedException(Refusals.SearchInvalid);
        }

        // As an inspection restriction (R18e): who gathers the answer must leave out what others' logs say of this organisation too.
        if (shielded.Contains(call.Permit.Subject))
        {
            throw new AdapterRefusedException(Refusals.AccessNotPermitted);
        }

        using var connection = store.OpenConnection();
        var known = new Dictionary<LoggedLine, bool>();
        var shown = new List<ProcessingLine>();
        foreach (var line in SubjectLines.Read(connection, call.Permit.Target.Oin, call.Permit.Target.OrganisationType, call.Permit.Subject, until))
        {
            var question = line.AsQuestion(shielded: false, now);
            if (!known.TryGetValue(question, out var mayBeShown))
            {
                known[question] = mayBeShown = await second.MayBeShownAsync(call, question, context.CancellationToken);
            }

            if (mayBeShown)
            {
                shown.Add(line.Line);
            }
        }

        return new ListProcessingResponse { Lines = { shown.Skip(request.Offset).Take(request.Limit == 0 ? MostLines : request.Limit) } };
    }

    private static bool TryRead(string text, out DateTimeOffset moment)
    {
        moment = DateTimeOffset.MaxValue;
        return text.Length == 0
            || DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out moment);
    }
}
