using Keten.Contracts.Catalogue;
using Keten.Contracts.Fhir;
using Keten.Contracts.Identifiers;
using Keten.Gateway.Involvement;
using Keten.Gateway.Routing;
using Keten.Identity;
using Keten.Policy;

namespace Keten.Gateway.Pipeline;

/// <summary>One call on its way through the steps. A step reads what came before, sets its own part, and knows no other step.</summary>
internal sealed class Call(HttpContext http, string decisionId, DateTimeOffset startedAt)
{
    public HttpContext Http { get; } = http;

    public string DecisionId { get; } = decisionId;

    public DateTimeOffset StartedAt { get; } = startedAt;

    public CallTrace Trace { get; } = CallTrace.Current();

    /// <summary>Set by identify.</summary>
    public Participant? Caller { get; set; }

    /// <summary>Set by bind purpose, from here to <see cref="Justification"/>.</summary>
    public string TransactionId { get; set; } = "";

    /// <summary>The FHIR form of the question; null for gRPC.</summary>
    public FhirRequest? Fhir { get; set; }

    /// <summary>What the purpose offers, for a question after capabilities; null: no purpose was named.</summary>
    public IReadOnlyList<string>? FhirFragment { get; set; }

    public Operation? Operation { get; set; }

    public Participant? Target { get; set; }

    public string Purpose { get; set; } = "";

    public string Actor { get; set; } = "";

    public string ActorRole { get; set; } = "";

    public string CaseReference { get; set; } = "";

    public Pseudonym? Subject { get; set; }

    public IReadOnlyList<string>? RequestedFields { get; set; }

    public CaseFacts Facts { get; set; } = CaseFacts.None;

    public string? Justification { get; set; }

    public string TraceParent { get; set; } = "";

    /// <summary>Set by decide, from here on.</summary>
    public bool CallerInvolved { get; set; }

    public bool TargetInvolved { get; set; }

    public bool CallerInvited { get; set; }

    public string PolicyTime { get; set; } = "";

    /// <summary>How far the view of involvements had been read when it was asked.</summary>
    public ViewPosition View { get; set; }

    public PolicyDecision? Decision { get; set; }

    /// <summary>Set by forward.</summary>
    public CountedBodies? Bodies { get; set; }
}
