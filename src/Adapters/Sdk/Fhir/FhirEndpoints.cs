using Grpc.Core;
using Keten.Adapters.Sdk.Hosting;
using Keten.Contracts;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>The FHIR facade: the same ports, the same decisions and masks as gRPC, in R4.</summary>
internal sealed partial class FhirEndpoints(
    IEnumerable<IFhirResource> resources, AdapterOptions options, TimeProvider time, ILogger<FhirEndpoints> logger)
{
    public async Task HandleAsync(HttpContext http)
    {
        var request = http.Request;
        var format = FhirFormat.Json;
        try
        {
            var refusal = FhirRequest.Read(
                request.Method, request.Path.Value ?? "", request.QueryString.Value ?? "", request.Headers.Accept, request.ContentType, out var asked);
            format = asked.Format;
            byte[]? body = null;
            if (refusal is null && asked.HasBody)
            {
                body = await FhirBody.ReadAsync(asked, request.Body, http.RequestAborted);
                refusal = body is null ? FhirRefusals.BodyTooLarge : asked.HasForm ? FhirBody.AddTo(asked, body) : null;
            }

            refusal ??= RefusalOf(http, asked);
            await (refusal is null ? AnswerAsync(http, asked, body) : FhirAnswer.WriteAsync(http, format, FhirRefused.By(refusal)));
        }
        catch (FhirRefusedException refused)
        {
            await FhirAnswer.WriteAsync(http, format, FhirRefused.By(refused.Refusal));
        }
        catch (RpcException refused)
        {
            await FhirAnswer.WriteAsync(http, format, FhirRefused.By(refused));
        }
        catch (Exception problem) when (!http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted)
        {
            // The type only: a message may hold what must not be in a log.
            Log.Failed(logger, problem.GetType().FullName ?? "");
            await FhirAnswer.WriteAsync(http, format, FhirRefused.By(Refusals.Internal));
        }
    }

    private static Refusal? RefusalOf(HttpContext http, FhirRequest asked) =>
        http.Features.Get<AdapterListener>()?.Kind != AdapterListenerKind.Gateway ? Refusals.OperationNotOffered

            // Who is asked for: the permit's subject is the header's, as the pipeline makes sure.
            : asked.Pseudonym is { } searched && searched != http.Request.Headers[KetenHeaders.Subject] ? FhirRefusals.IdentifierMismatch

            // The gateway's to bring along, each by a question of its own.
            : asked.Includes.Any(i => i.IsOwnQuestion) ? FhirRefusals.ParameterUnsupported
            : null;

    private async Task AnswerAsync(HttpContext http, FhirRequest asked, byte[]? body)
    {
        if (asked.Interaction == FhirInteraction.Capabilities)
        {
            var fragment = http.Request.Headers[FhirNames.FragmentHeader] is [{ } told] ? told.Split(',') : null;
            var statement = FhirCapabilityStatement.Make(
                options.Name.Length > 0 ? options.Name : "KetenGateway adapter", FhirAnswer.Base(http), resources.Where(r => r.IsOffered).Select(r => r.Type), fragment);
            await FhirAnswer.WriteAsync(http, asked.Format, statement);
            return;
        }

        if (asked.Interaction == FhirInteraction.Form)
        {
            await (resources.Any(r => r.IsOffered && r.Type == FhirCatalogue.QuestionnaireResponse)
                ? FhirAnswer.WriteAsync(http, asked.Format, CrisisIntakeForm.Make())
                : FhirAnswer.WriteAsync(http, asked.Format, FhirRefused.By(Refusals.OperationNotOffered)));
            return;
        }

        var resource = resources.First(r => r.Type == asked.Type);
        if (asked.Interaction == FhirInteraction.Update)
        {
            await resource.UpdateAsync(http, asked, body!);
            await FhirAnswer.WriteHandedOverAsync(http, asked.Format);
            return;
        }

        await FhirAnswer.WriteFoundAsync(http, asked, await resource.AnswerAsync(http, asked), time.GetUtcNow());
    }

    private static partial class Log
    {
        [LoggerMessage(7301, LogLevel.Error, "A FHIR request failed with {ProblemType}, refused")]
        public static partial void Failed(ILogger logger, string problemType);
    }
}
