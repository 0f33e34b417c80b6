using Keten.Contracts;
using Keten.Contracts.Fhir;
using Keten.Gateway.Pipeline;

namespace Keten.Gateway.Fhir;

/// <summary>
/// What of a FHIR question stands elsewhere than in path and headers. The form of a <c>POST _search</c> is the question, as the query of a GET is, and no
/// payload: it is read here, so that what the operation does not offer is refused before the policy, and a BSN never gets to the other organisation. A
/// resource is payload: it is taken in whole, because it has a limit, and not looked at. Both are in memory only while the call lasts.
/// </summary>
internal static class FhirQuestion
{
    /// <summary>Null when it is in order; then the call knows which fields are asked for.</summary>
    public static async ValueTask<Refused?> ReadAsync(Call call)
    {
        if (call.Fhir is not { } asked)
        {
            return null;
        }

        if (asked.HasBody && await ReadBodyAsync(call, asked) is { } refused)
        {
            return refused;
        }

        if (asked.Fields is { } fields)
        {
            // Never more than keten-fields asks for.
            call.RequestedFields = call.RequestedFields is { } requested ? [.. requested.Intersect(fields, StringComparer.Ordinal)] : fields;
        }

        // An include is a question of its own, and was taken out before; none may be left here, nor two wishes that leave nothing.
        return asked.Includes.Any(i => i.Type != FhirCatalogue.Provenance) || call.RequestedFields is [] ? (Refused)FhirRefusals.ParameterUnsupported : null;
    }

    private static async Task<Refused?> ReadBodyAsync(Call call, FhirRequest asked)
    {
        try
        {
            var body = await FhirBody.ReadAsync(asked, call.Http.Request.Body, call.Http.RequestAborted);
            var refusal = body is null ? FhirRefusals.BodyTooLarge
                : asked.HasForm ? FhirBody.AddTo(asked, body) ?? (asked.Pseudonym is { } searched && searched != call.Subject?.Value ? FhirRefusals.IdentifierMismatch : null)
                : null;
            if (refusal is not null)
            {
                return (Refused)refusal;
            }

            call.Http.Request.Body = new MemoryStream(body!, writable: false);
            return null;
        }
        catch (BadHttpRequestException problem)
        {
            return (Refused)(problem.StatusCode == StatusCodes.Status413PayloadTooLarge ? FhirRefusals.BodyTooLarge : FhirRefusals.ParameterUnsupported);
        }
        catch (Exception problem) when (problem is OperationCanceledException or IOException)
        {
            // The caller hung up in the middle of its question: that is on the record too.
            return (Refused)Refusals.DeadlinePassed;
        }
    }
}
