using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;

namespace Keten.Cli.Log;

/// <summary>Who asks, about whom: what R17 decides by.</summary>
/// <param name="Subject">The person.</param>
/// <param name="Role">inwoner, wettelijk-vertegenwoordiger or gemachtigde.</param>
/// <param name="Actor">The portal's own opaque id of who logged in.</param>
/// <param name="Facts">Age, strength of the login, consent of who gave a mandate.</param>
internal sealed record SubjectQuestion(Pseudonym Subject, string Role, string Actor, CaseFacts Facts)
{
    public const string Purpose = "inzage-betrokkene";
    public const string Category = "verwerkingen-log";
    public const string Portal = "inwoner-portaal";
}
