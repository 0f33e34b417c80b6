using Grpc.Core;
using Keten.Adapters.Sdk.Hosting;
using Keten.Contracts;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>The FHIR facade: the same ports, the same decisions and masks as gRPC, in R4.</summary>
internal sealed partial class FhirEndpoints(IEnumerable<IFhirResource> resources, AdapterOptions options, ILogger<FhirEndpoints> logger)
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
            if (refusal is null && asked.HasForm)
            {
                refusal = FhirForm.AddTo(asked, await FhirForm.ReadAsync(request.Body, http.RequestAborted));
            }

            await (refusal is null ? AnswerAsync(http, asked) : FhirAnswer.WriteAsync(http, format, FhirRefused.By(refusal)));
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

    private async Task AnswerAsync(HttpContext http, FhirRequest asked)
    {
        if (http.Features.Get<AdapterListener>()?.Kind != AdapterListenerKind.Gateway)
        {
            await FhirAnswer.WriteAsync(http, asked.Format, FhirRefused.By(Refusals.OperationNotOffered));
            return;
        }

        if (asked.Interaction == FhirInteraction.Capabilities)
        {
            var statement = FhirCapabilityStatement.Make(
                options.Name.Length > 0 ? options.Name : "KetenGateway adapter", FhirAnswer.Base(http), [.. resources.Where(r => r.IsOffered).Select(r => r.Type)]);
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

        // Who is asked for: the permit's subject is the header's, as the pipeline makes sure.
        if (asked.Pseudonym is { } searched && searched != http.Request.Headers[KetenHeaders.Subject])
        {
            await FhirAnswer.WriteAsync(http, asked.Format, FhirRefused.By(FhirRefusals.IdentifierMismatch));
            return;
        }

        await FhirAnswer.WriteFoundAsync(http, asked, await resources.First(r => r.Type == asked.Type).AnswerAsync(http, asked));
    }

    private static partial class Log
    {
        [LoggerMessage(7301, LogLevel.Error, "A FHIR request failed with {ProblemType}, refused")]
        public static partial void Failed(ILogger logger, string problemType);
    }
}
