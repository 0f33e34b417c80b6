using System.Globalization;
using System.Text.Json;
using Keten.PolicyTools;
using Keten.Protocol.V1;

namespace Keten.Cli.Log;

/// <summary>The words of an answer, in Dutch a person of any schooling can read (B1) or in English. Names come from the register.</summary>
internal sealed class SubjectWords(PolicyRegister register, string language)
{
    private static readonly string[] DutchMonths =
        ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"];

    private static readonly TimeZoneInfo Amsterdam = TimeZoneInfo.TryFindSystemTimeZoneById("Europe/Amsterdam", out var zone) ? zone : TimeZoneInfo.Utc;

    private bool IsDutch => language == "nl";

    public string Language => language;

    public string Title => Say("Wie zag wat over mij?", "Who saw what about me?");

    public string Nothing => Say("Er is niets om te laten zien.", "There is nothing to show.");

    /// <summary>The same always, so that it tells nothing of this answer.</summary>
    public string Exceptions => Say(
        "Soms mag of moet een organisatie iets nog niet laten zien. Bijvoorbeeld als er een onderzoek loopt naar veiligheid, of bij gegevens van de politie en justitie. "
        + "U ziet hier niet of dat bij u zo is. Wilt u weten wat de politie of het Openbaar Ministerie over u heeft vastgelegd? Vraag dat dan aan hen zelf.",
        "Sometimes an organisation may not, or need not, show something yet. For example while safety is being investigated, or with data of the police and the prosecution. "
        + "This answer does not tell whether that is so for you. To know what the police or the prosecution recorded about you, ask them.");

    public string Rights => Say(
        "Klopt er iets niet, of bent u het er niet mee eens? Vraag het de organisatie die erbij staat. U mag uw gegevens laten verbeteren, bezwaar maken en een klacht indienen, "
        + "ook bij de Autoriteit Persoonsgegevens.",
        "Is something wrong, or do you not agree? Ask the organisation that is named. You may have your data corrected, object, and complain, also to the Dutch Data Protection Authority.");

    public string Say(string dutch, string english) => IsDutch ? dutch : english;

    public string Moment(DateTimeOffset moment)
    {
        var local = TimeZoneInfo.ConvertTime(moment, Amsterdam);
        return IsDutch
            ? string.Create(CultureInfo.InvariantCulture, $"{local.Day} {DutchMonths[local.Month - 1]} {local.Year}, {local:HH'.'mm} uur")
            : local.ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture);
    }

    public string Organisation(SubjectAnswer answer, string oin) =>
        oin.Length == 0 ? Say("de verwijsindex", "the referral index") : answer.Names.GetValueOrDefault(oin) ?? Say($"een organisatie (OIN {oin})", $"an organisation (OIN {oin})");

    public string Purpose(string id) => PolicyRegister.NameOf(register.Purposes, id).In(language);

    public string Category(string id) => PolicyRegister.NameOf(register.Categories, id).In(language);

    /// <summary>As the decision had it; for what rested on no decision, as the register has it for the purpose.</summary>
    public IReadOnlyList<string> LegalBasis(ProcessingLine line)
    {
        if (line.LegalBasis.Count > 0)
        {
            return line.LegalBasis;
        }

        return register.Entry("purposes", line.Purpose) is { } purpose && purpose.GetProperty("lines").EnumerateObject().FirstOrDefault() is { Value.ValueKind: JsonValueKind.Object } first
            ? [.. first.Value.GetProperty("legal_basis").EnumerateArray().Select(text => text.GetString()!)] : [];
    }

    /// <summary>One sentence: who did what, with whom.</summary>
    public string What(SubjectAnswer answer, ProcessingLine line)
    {
        var (who, other) = (Organisation(answer, line.RequestingOrganisation), Organisation(answer, line.ProvidingOrganisation));
        return line.Outcome switch
        {
            "disclosed" => Say($"{who} heeft gegevens gezien van {other}.", $"{who} saw data of {other}."),
            "delivered" => Say($"{who} heeft gegevens doorgegeven aan {other}.", $"{who} handed data to {other}."),
            "refused" => Say($"{who} vroeg iets aan {other}. Dat mocht niet. Er zijn geen gegevens gegeven.", $"{who} asked {other}. That was not permitted; nothing was given."),
            "failed" => Say($"{who} vroeg iets aan {other}. Dat lukte niet. Er zijn geen gegevens gegeven.", $"{who} asked {other}. That did not succeed; nothing was given."),
            "received" => Say($"{who} kreeg bericht dat {other} ook bij u betrokken is.", $"{who} was told that {other} is involved with you as well."),
            _ => Say($"{who} mocht gegevens zien van {other}. Of dat is gebeurd, staat niet vast.", $"{who} was permitted to see data of {other}. Whether that happened is not certain."),
        };
    }

    public string BreakGlass => Say("Noodtoegang: dit was in een noodsituatie. Een medewerker voor privacy kijkt dit na.", "Emergency access: this was in an emergency. A privacy officer reviews it.");

    /// <summary>What came of asking.</summary>
    public string State(SubjectSource source) => source.State switch
    {
        SubjectSourceState.Answered => Say("heeft geantwoord", "answered"),
        SubjectSourceState.NothingToShow => Say("heeft niets om te laten zien", "has nothing to show"),
        SubjectSourceState.Refused => Say($"mag u dit zo niet laten zien ({source.Reason})", $"may not show you this ({source.Reason})"),
        SubjectSourceState.AskThere => Say("beantwoordt deze vraag zelf: vraag het daar", "answers this question itself: ask there"),
        _ => Say("vraagt meer tijd. Het antwoord moet er binnen een maand zijn", "asks for more time; the answer is due within a month"),
    };
}
