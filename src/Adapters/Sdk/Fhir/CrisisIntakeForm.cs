using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using Hl7.Fhir.Model;
using Keten.Contracts.Fhir;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>The crisis intake as a form. Its questions are the fields of the contract, so that neither can have one that the other lacks.</summary>
internal static class CrisisIntakeForm
{
    /// <summary>What an answer names as its form: address and version. A field more or fewer is another version.</summary>
    public const string Canonical = $"{Url}|{Version}";

    private const string Url = $"{FhirNames.Root}/Questionnaire/{FhirNames.CrisisIntakeForm}";
    private const string Version = "1";
    private const string Translation = "http://hl7.org/fhir/StructureDefinition/translation";

    private static readonly FrozenDictionary<string, (string Dutch, string English)> Texts = new Dictionary<string, (string Dutch, string English)>
    {
        ["intake_id"] = ("Kenmerk van de intake", "Reference of the intake"),
        ["received_at"] = ("Binnengekomen op", "Received at"),
        ["reporting_organisation"] = ("Meldende organisatie", "Reporting organisation"),
        ["reporting_professional"] = ("Meldende professional", "Reporting professional"),
        ["crisis_level"] = ("Crisisniveau: geen (none), groen (green), oranje (orange) of rood (red)", "Crisis level: none, green, orange or red"),
        ["criteria"] = ("Waarop het niveau berust", "What the level rests on"),
        ["narrative"] = ("Wat er aan de hand is", "What is going on"),
        ["children_present"] = ("Zijn er kinderen aanwezig?", "Are children present?"),
        ["immediate_danger"] = ("Is er direct gevaar?", "Is there immediate danger?"),
        ["injury"] = ("Is er letsel?", "Is there an injury?"),
        ["sexual_abuse_suspected"] = ("Is er een vermoeden van seksueel misbruik?", "Is sexual abuse suspected?"),
        ["weapon_present"] = ("Is er een wapen aanwezig?", "Is a weapon present?"),
        ["perpetrator_access"] = ("Kan de pleger bij het slachtoffer komen?", "Can the perpetrator reach the victim?"),
        ["safe_place"] = ("Veilige plek", "Safe place"),
        ["expertise_needed"] = ("Benodigde expertise", "Expertise needed"),
        ["actions_taken"] = ("Wat er al is gedaan", "Actions taken"),
        ["decision"] = ("Besluit", "Decision"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The questions, in the order of the form.</summary>
    public static IReadOnlyList<FieldDescriptor> Fields { get; } = [.. CrisisIntake.Descriptor.Fields.InDeclarationOrder()];

    /// <summary>The form itself, in Dutch and English; it has no answers.</summary>
    public static Questionnaire Make() => new()
    {
        Id = FhirNames.CrisisIntakeForm,
        Language = "nl",
        Url = Url,
        Version = Version,
        Name = "CrisisIntake",
        Title = "Crisisintake",
        Status = PublicationStatus.Active,
        SubjectType = [ResourceType.Patient],
        Item = [.. Fields.Select(Question)],
    };

    /// <summary>The answers an intake has to a question; none when it was not asked or may not be told.</summary>
    public static IEnumerable<DataType> Answers(CrisisIntake intake, FieldDescriptor field) => field switch
    {
        { IsRepeated: true } => ((IEnumerable<string>)field.Accessor.GetValue(intake)).Select(text => new FhirString(text)),
        _ when !field.Accessor.HasValue(intake) => [],
        { FieldType: FieldType.Bool } => [new FhirBoolean((bool)field.Accessor.GetValue(intake))],
        _ when IsMoment(field) => FhirDateTime.IsValidValue(intake.ReceivedAt) ? [new FhirDateTime(intake.ReceivedAt)] : [],
        _ => [new FhirString((string)field.Accessor.GetValue(intake))],
    };

    private static bool IsMoment(FieldDescriptor field) => field.FieldNumber == CrisisIntake.ReceivedAtFieldNumber;

    private static Questionnaire.ItemComponent Question(FieldDescriptor field)
    {
        var (dutch, english) = Texts[field.Name];
        var text = new FhirString(dutch);
        text.Extension.Add(new Extension
        {
            Url = Translation,
            Extension = [new Extension("lang", new Code("en")), new Extension("content", new FhirString(english))],
        });
        return new Questionnaire.ItemComponent
        {
            LinkId = field.Name,
            TextElement = text,
            Type = field.FieldType == FieldType.Bool ? Questionnaire.QuestionnaireItemType.Boolean
                : IsMoment(field) ? Questionnaire.QuestionnaireItemType.DateTime : Questionnaire.QuestionnaireItemType.String,
            Repeats = field.IsRepeated ? true : null,
        };
    }
}
