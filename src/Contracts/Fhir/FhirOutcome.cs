using System.Text;
using System.Text.Json;
using System.Xml;
using Grpc.Core;

namespace Keten.Contracts.Fhir;

/// <summary>
/// A refusal as FHIR has it: an HTTP status and an OperationOutcome. One writer for gateway and adapter, without the FHIR model, which a refused
/// call does not wait for. Holds codes, standing texts and the ids of the logs; nothing of the request.
/// </summary>
/// <param name="Code">Reason code, as the caller may know it.</param>
/// <param name="Status">gRPC status of the same refusal.</param>
/// <param name="English">Text.</param>
/// <param name="Dutch">The same in Dutch.</param>
/// <param name="DecisionId">By which both logs find it; may be empty.</param>
/// <param name="TransactionId">The same.</param>
public sealed record FhirOutcome(string Code, StatusCode Status, string English, string Dutch, string DecisionId, string TransactionId)
{
    private const string Translation = "http://hl7.org/fhir/StructureDefinition/translation";

    /// <summary>The HTTP status of a refusal.</summary>
    public int HttpStatus => HttpStatusOf(Code, Status);

    /// <summary>Null when no log has it.</summary>
    private string? Diagnostics => (DecisionId.Length, TransactionId.Length) switch
    {
        (0, 0) => null,
        (0, _) => $"transaction {TransactionId}",
        (_, 0) => $"decision {DecisionId}",
        _ => $"decision {DecisionId}, transaction {TransactionId}",
    };

    /// <summary>The HTTP status of a reason code with its gRPC status.</summary>
    public static int HttpStatusOf(string code, StatusCode status) => code switch
    {
        "FHIR_INTERACTION_UNSUPPORTED" => 405,
        "FHIR_FORMAT_NOT_ACCEPTABLE" => 406,
        "FHIR_PAGE_GONE" => 410,
        "FHIR_PRECONDITION_UNSUPPORTED" or "FHIR_VERSION_CHANGED" => 412,
        "FHIR_BODY_TOO_LARGE" or "FHIR_BUNDLE_INCOMPLETE" => 413,
        "FHIR_MEDIA_TYPE_UNSUPPORTED" => 415,
        _ when code.StartsWith("FHIR_SUBSCRIPTION_", StringComparison.Ordinal) => 422,
        _ => status switch
        {
            StatusCode.InvalidArgument or StatusCode.FailedPrecondition => 400,
            StatusCode.Unauthenticated => 401,
            StatusCode.PermissionDenied => 403,
            StatusCode.NotFound or StatusCode.Unimplemented => 404,
            StatusCode.ResourceExhausted => 429,
            StatusCode.Unavailable or StatusCode.Cancelled => 503,
            StatusCode.DeadlineExceeded => 504,
            _ => 500,
        },
    };

    /// <summary>The gRPC status that stands in the record of a call that ended with this HTTP status.</summary>
    public static StatusCode GrpcStatusOf(int httpStatus) => httpStatus switch
    {
        (>= 200 and < 300) or 304 => StatusCode.OK,
        401 => StatusCode.Unauthenticated,
        403 => StatusCode.PermissionDenied,
        404 or 410 => StatusCode.NotFound,
        413 or 429 => StatusCode.ResourceExhausted,
        >= 400 and < 500 => StatusCode.InvalidArgument,
        503 => StatusCode.Unavailable,
        504 => StatusCode.DeadlineExceeded,
        _ => StatusCode.Internal,
    };

    /// <summary>The OperationOutcome in UTF-8.</summary>
    public byte[] Write(FhirFormat format) => format == FhirFormat.Xml ? Xml() : Json();

    /// <summary>R4 issue-type.</summary>
    private string IssueType => HttpStatus switch
    {
        400 => Code == Refusals.MetadataMissing.Code ? "required" : "invalid",
        401 => "login",
        403 => "forbidden",
        404 => Status == StatusCode.NotFound ? "not-found" : "not-supported",
        405 or 406 or 415 or 422 => "not-supported",
        410 => "not-found",
        412 => "conflict",
        413 => Code == FhirRefusals.BundleIncomplete.Code ? "incomplete" : "too-long",
        429 => "throttled",
        503 => "transient",
        504 => "timeout",
        _ => "exception",
    };

    private byte[] Json()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("resourceType", "OperationOutcome");
            json.WriteStartArray("issue");
            json.WriteStartObject();
            json.WriteString("severity", "error");
            json.WriteString("code", IssueType);
            json.WriteStartObject("details");
            json.WriteStartArray("coding");
            json.WriteStartObject();
            json.WriteString("system", FhirNames.ReasonSystem);
            json.WriteString("code", Code);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteString("text", English);
            json.WriteStartObject("_text");
            json.WriteStartArray("extension");
            json.WriteStartObject();
            json.WriteStartArray("extension");
            Part(json, "lang", "valueCode", "nl");
            Part(json, "content", "valueString", Dutch);
            json.WriteEndArray();
            json.WriteString("url", Translation);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
            if (Diagnostics is { } diagnostics)
            {
                json.WriteString("diagnostics", diagnostics);
            }

            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();

        static void Part(Utf8JsonWriter json, string url, string name, string value)
        {
            json.WriteStartObject();
            json.WriteString("url", url);
            json.WriteString(name, value);
            json.WriteEndObject();
        }
    }

    private byte[] Xml()
    {
        using var stream = new MemoryStream();
        using (var xml = XmlWriter.Create(stream, new XmlWriterSettings { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) }))
        {
            xml.WriteStartElement("OperationOutcome", "http://hl7.org/fhir");
            xml.WriteStartElement("issue");
            Value(xml, "severity", "error");
            Value(xml, "code", IssueType);
            xml.WriteStartElement("details");
            xml.WriteStartElement("coding");
            Value(xml, "system", FhirNames.ReasonSystem);
            Value(xml, "code", Code);
            xml.WriteEndElement();
            xml.WriteStartElement("text");
            xml.WriteAttributeString("value", English);
            xml.WriteStartElement("extension");
            xml.WriteAttributeString("url", Translation);
            Part(xml, "lang", "valueCode", "nl");
            Part(xml, "content", "valueString", Dutch);
            xml.WriteEndElement();
            xml.WriteEndElement();
            xml.WriteEndElement();
            if (Diagnostics is { } diagnostics)
            {
                Value(xml, "diagnostics", diagnostics);
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return stream.ToArray();

        static void Value(XmlWriter xml, string name, string value)
        {
            xml.WriteStartElement(name);
            xml.WriteAttributeString("value", value);
            xml.WriteEndElement();
        }

        static void Part(XmlWriter xml, string url, string name, string value)
        {
            xml.WriteStartElement("extension");
            xml.WriteAttributeString("url", url);
            Value(xml, name, value);
            xml.WriteEndElement();
        }
    }
}
