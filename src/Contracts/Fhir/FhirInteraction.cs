namespace Keten.Contracts.Fhir;

/// <summary>What can be done.</summary>
public enum FhirInteraction
{
    /// <summary><c>GET metadata</c>: what this server offers. About nobody, so for no purpose.</summary>
    Capabilities,

    /// <summary><c>GET Questionnaire/crisis-intake</c>: the questions of a form, without answers. About nobody as well.</summary>
    Form,

    /// <summary><c>GET Type/id</c>.</summary>
    Read,

    /// <summary><c>GET Type</c> or <c>POST Type/_search</c>.</summary>
    Search,
}
