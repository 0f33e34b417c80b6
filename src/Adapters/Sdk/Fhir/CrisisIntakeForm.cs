using Google.Protobuf.Reflection;
using Hl7.Fhir.Model;
using Keten.Contracts.Fhir;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>The crisis intake as a form. Its questions are the fields of the contract, so that neither can have one that the other lacks.</summary>
internal static class CrisisIntakeForm
{
    /// <summary>Id, and the last part of the canonical address.</summary>
    public const string Id = "crisis-intake";

    /// <summary>With the version an answer was given to.</summary>
    public const string Canonical = $"{FhirNames.Root}/Questionnaire/{Id}|{Version}";

    private const string Version = "1";

    /// <summary>The questions, in the order of the form.</summary>
    public static IReadOnlyList<FieldDescriptor> Fields { get; } = [.. CrisisIntake.Descriptor.Fields.InDeclarationOrder()];

    /// <summary>The answers an intake has to a question; none when it was not asked or may not be told.</summary>
    public static IEnumerable<DataType> Answers(CrisisIntake intake, FieldDescriptor field) => field switch
    {
        { IsRepeated: true } => ((IEnumerable<string>)field.Accessor.GetValue(intake)).Select(text => new FhirString(text)),
        _ when !field.Accessor.HasValue(intake) => [],
        { FieldType: FieldType.Bool } => [new FhirBoolean((bool)field.Accessor.GetValue(intake))],
        _ when IsMoment(field) => FhirDateTime.IsValidValue(intake.ReceivedAt) ? [new FhirDateTime(intake.ReceivedAt)] : [],
        _ => [new FhirString((string)field.Accessor.GetValue(intake))],
    };

    /// <summary>The one question of which the answer is a moment.</summary>
    public static bool IsMoment(FieldDescriptor field) => field.FieldNumber == CrisisIntake.ReceivedAtFieldNumber;
}
