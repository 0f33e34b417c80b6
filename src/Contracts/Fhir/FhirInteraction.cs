namespace Keten.Contracts.Fhir;

/// <summary>What can be done.</summary>
public enum FhirInteraction
{
    /// <summary><c>GET metadata</c>: what this server offers. About nobody; with a purpose, what it offers for that.</summary>
    Capabilities,

    /// <summary><c>GET Questionnaire/crisis-intake</c>: the questions of a form, without answers. About nobody as well.</summary>
    Form,

    /// <summary><c>GET Type/id</c>.</summary>
    Read,

    /// <summary><c>GET Type</c> or <c>POST Type/_search</c>.</summary>
    Search,

    /// <summary><c>PUT Type/id</c>.</summary>
    Update,

    /// <summary><c>GET Patient/$everything</c>: the overview, of the gateway only.</summary>
    Everything,
}
