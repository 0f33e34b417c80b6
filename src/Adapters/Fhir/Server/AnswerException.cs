namespace Keten.Adapters.Fhir.Server;

/// <summary>The server's answer is not one that may be read. Never leaves <see cref="FhirServer"/>.</summary>
internal sealed class AnswerException(string code, string detail) : Exception(detail)
{
    /// <summary>Why, as a stable code.</summary>
    public string Code { get; } = code;
}
