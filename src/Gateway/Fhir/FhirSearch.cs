using Keten.Contracts;
using Keten.Contracts.Fhir;
using Keten.Gateway.Pipeline;

namespace Keten.Gateway.Fhir;

/// <summary>
/// The form of a <c>POST _search</c> is the question, as the query of a GET is, and no payload: it is read here, so that what the operation does not
/// offer is refused before the policy, and a BSN never gets to the other organisation. It is in memory only while the call lasts.
/// </summary>
internal static class FhirSearch
{
    /// <summary>Null when there is no form, or it asks for the person in <c>keten-subject</c> and nothing that is not offered.</summary>
    public static ValueTask<Refused?> ReadAsync(Call call) => call.Fhir is { HasForm: true } asked ? new(ReadAsync(call, asked)) : default;

    private static async Task<Refused?> ReadAsync(Call call, FhirRequest asked)
    {
        try
        {
            var form = await FhirForm.ReadAsync(call.Http.Request.Body, call.Http.RequestAborted);
            var refusal = FhirForm.AddTo(asked, form)
                ?? (asked.Pseudonym is { } searched && searched != call.Subject?.Value ? FhirRefusals.IdentifierMismatch : null);
            if (refusal is not null)
            {
                return (Refused)refusal;
            }

            call.Http.Request.Body = new MemoryStream(form!, writable: false);
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
