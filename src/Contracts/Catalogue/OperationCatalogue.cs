using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf.Reflection;
using Keten.Protocol.V1;

namespace Keten.Contracts.Catalogue;

/// <summary>
/// Every method that may be called through the gateway, read from the proto options at start. What is not here is denied: a method without
/// options, a local method, a method whose data message has a field without options (<see cref="Faults"/> says which).
/// </summary>
public sealed class OperationCatalogue
{
    private static readonly FrozenDictionary<AccessAction, string> Actions = new Dictionary<AccessAction, string>
    {
        [AccessAction.Read] = "read",
        [AccessAction.Search] = "search",
        [AccessAction.Subscribe] = "subscribe",
        [AccessAction.Submit] = "submit",
        [AccessAction.Update] = "update",
        [AccessAction.Convene] = "convene",
    }.ToFrozenDictionary();

    private readonly FrozenDictionary<string, Operation> _operations;

    private OperationCatalogue(IEnumerable<Operation> operations, IReadOnlyList<string> faults)
    {
        _operations = operations.ToFrozenDictionary(o => o.Path, StringComparer.Ordinal);
        Faults = faults;
    }

    /// <summary>The catalogue of this version's contracts.</summary>
    public static OperationCatalogue Current { get; } = FromDescriptors(
    [
        PersonServiceReflection.Descriptor, InvolvementServiceReflection.Descriptor, ConsultationServiceReflection.Descriptor,
        InvolvementIndexServiceReflection.Descriptor, DirectoryServiceReflection.Descriptor, ProcessingLogServiceReflection.Descriptor,
        PlanServiceReflection.Descriptor, CrisisServiceReflection.Descriptor, CaseSystemServiceReflection.Descriptor,
    ]);

    /// <summary>All operations, by path.</summary>
    public IReadOnlyCollection<Operation> Operations => _operations.Values;

    /// <summary>Methods and fields whose options are missing or contradict each other, in words. Empty in a released version.</summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>Reads the options of all services in these files.</summary>
    public static OperationCatalogue FromDescriptors(IEnumerable<FileDescriptor> files)
    {
        var operations = new List<Operation>();
        var faults = new List<string>();
        foreach (var method in files.SelectMany(f => f.Services).SelectMany(s => s.Methods))
        {
            var access = method.GetOptions()?.GetExtension(AccessExtensions.Method);
            switch (access?.Reach ?? Reach.Unspecified)
            {
                case Reach.Local:
                    break;
                case Reach.Federation when Actions.TryGetValue(access!.Action, out var action) && access.Category.Length > 0:
                    var before = faults.Count;
                    var delivers = access.Action is AccessAction.Submit or AccessAction.Update or AccessAction.Convene;
                    var fields = new List<string>();
                    Collect(delivers ? method.InputType : method.OutputType, access.Category, fields, faults, []);
                    if (faults.Count == before)
                    {
                        operations.Add(new Operation(method, access.Category, action, delivers, fields));
                    }

                    break;
                default:
                    faults.Add($"{method.FullName}: no (keten.access.v1.method) option with reach, category and action");
                    break;
            }
        }

        return new OperationCatalogue(operations, faults);
    }

    /// <summary>The operation of a request path, or false: then the call is denied.</summary>
    public bool TryGet(string path, [MaybeNullWhen(false)] out Operation operation) => _operations.TryGetValue(path, out operation);

    /// <summary>The catalogue name of a data field, or null for an envelope or a field without options.</summary>
    public static string? DataFieldName(FieldDescriptor field)
    {
        var access = field.GetOptions()?.GetExtension(AccessExtensions.Field);
        return access?.KindCase != FieldAccess.KindOneofCase.Data ? null
            : access.Data.Name.Length > 0 ? access.Data.Name : field.Name;
    }

    /// <summary>True when the field only carries others.</summary>
    public static bool IsEnvelope(FieldDescriptor field) =>
        field.GetOptions()?.GetExtension(AccessExtensions.Field) is { KindCase: FieldAccess.KindOneofCase.Envelope, Envelope: true };

    private static void Collect(MessageDescriptor message, string category, List<string> fields, List<string> faults, HashSet<string> seen)
    {
        if (!seen.Add(message.FullName))
        {
            return;
        }

        foreach (var field in message.Fields.InDeclarationOrder())
        {
            if (IsEnvelope(field) && field.FieldType == FieldType.Message)
            {
                Collect(field.MessageType, category, fields, faults, seen);
            }
            else if (DataFieldName(field) is { } name && field.GetOptions().GetExtension(AccessExtensions.Field).Data is var data
                && data.Category == category && data.GdprClass != GdprClass.Unspecified)
            {
                if (!fields.Contains(name))
                {
                    fields.Add(name);
                }
            }
            else
            {
                faults.Add($"{field.FullName}: no (keten.access.v1.field) option with category '{category}' and a GDPR class");
            }
        }
    }
}
