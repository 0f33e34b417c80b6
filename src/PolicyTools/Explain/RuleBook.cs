namespace Keten.PolicyTools.Explain;

/// <summary>What each rule of domain.md section 6 asks, in words. The rules themselves are Rego.</summary>
internal static class RuleBook
{
    /// <summary>In the order of the domain.</summary>
    public static IReadOnlyList<Named> Rules { get; } =
    [
        new("R1", "De vraag is volledig: organisatietype, rol, doelorganisatie, doel, categorie en handeling.", "The question is complete: organisation type, role, target, purpose, category and operation."),
        new("R2", "Organisaties, doel, categorie en handeling staan in het register.", "Organisations, purpose, category and operation are in the register."),
        new("R3", "Vrager en doelorganisatie zijn actief in de federatie.", "Caller and target are active in the federation."),
        new("R4", "Het BSN wordt niet gevraagd.", "The BSN is not asked for."),
        new("R5", "Elk gevraagd veld hoort bij de categorie.", "Every requested field belongs to the category."),
        new("R6", "Het doel hoort bij de taak van dit type organisatie.", "The purpose belongs to the task of this type of organisation."),
        new("R7", "De rol mag dit doel gebruiken.", "The role may use this purpose."),
        new("R8", "Het doel heeft deze categorie nodig.", "The purpose needs this category."),
        new("R9", "Deze vrager mag deze handeling, bij deze bron, in deze rol.", "This caller may do this, at this source, in this role."),
        new("R10", "De gegevens gaan over een persoon; zo niet, dan verder bij R20.", "The data is about a person; if not, go on with R20."),
        new("R11", "De leeftijd past bij het doel.", "The age fits the purpose."),
        new("R12", "De vereiste gegevens over de zaak zijn vastgelegd.", "The required facts of the case were recorded."),
        new("R13", "Het crisisniveau is hoog genoeg voor dit doel.", "The crisis level is high enough for this purpose."),
        new("R14", "De vrager mag van deze organisatie weten dat zij betrokken is.", "The caller may learn that this organisation is involved."),
        new("R15", "Geen beroepsgeheim vraagt hier toestemming, of die is geldig gegeven.", "No professional secrecy asks for consent here, or it was validly given."),
        new("R16", "Waar het doel toestemming vraagt, is die geldig gegeven.", "Where the purpose asks for consent, it was validly given."),
        new("R17", "Wie inzage vraagt is de betrokkene zelf, of wie in diens plaats mag.", "Whoever asks to see is the person, or may stand in their place."),
        new("R18a", "De vrager is kernpartij of is uitgenodigd.", "The caller is a core party or was invited."),
        new("R18b", "De vrager is zelf betrokken bij de persoon.", "The caller is involved with the person."),
        new("R18c", "De betrokkene is geïnformeerd, of er is een grond om dat uit te stellen.", "The person was informed, or there is a ground to postpone that."),
        new("R18d", "De doelorganisatie is betrokken bij de persoon.", "The target is involved with the person."),
        new("R18e", "De inzage is niet beperkt door de doelorganisatie.", "The target has not restricted inspection."),
        new("R18f", "De regel van het logboek is te tonen: niet van politie of justitie, geen lopend onderzoek.", "The line of the log may be shown: not of police or justice, no running investigation."),
        new("R19", "Noodtoegang mag: doel, rol, gegevens, crisisniveau en reden.", "Break-glass may be used: purpose, role, data, crisis level and justification."),
        new("R20", "Er blijven velden over die gegeven mogen worden, en een bericht draagt niet te veel.", "Fields are left that may be given, and a message carries not too much."),
        new("R21", "De verplichtingen die met het antwoord meegaan.", "The obligations that come with the answer."),
        new("R22", "Wat de vrager te horen krijgt.", "What the caller is told."),
    ];
}
