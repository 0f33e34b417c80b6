using Google.Protobuf.Reflection;
using Keten.Contracts.Catalogue;
using Keten.Protocol.V1;

namespace Keten.Conventions.Tests;

/// <summary>Every method and data field says what it means for the purpose register.</summary>
public sealed class ContractTests
{
    [Fact]
    public void The_catalogue_has_no_faults() => Broken.None(OperationCatalogue.Current.Faults);

    [Fact]
    public void Every_service_in_the_proto_files_is_counted()
    {
        // From the text of the files, which cannot forget one.
        var declared = Repository.Files("proto", ".proto").SelectMany(file => Repository.Read(file).Split('\n'))
            .Count(line => line.TrimStart().StartsWith("rpc ", StringComparison.Ordinal));
        var methods = Methods().ToList();

        Assert.Equal(declared, methods.Count);
        Assert.Equal(declared, methods.Count(m => ReachOf(m) is Reach.Federation or Reach.Local));
        Assert.Equal(
            methods.Where(m => ReachOf(m) == Reach.Federation).Select(m => $"/{m.Service.FullName}/{m.Name}").Order(StringComparer.Ordinal),
            OperationCatalogue.Current.Operations.Select(o => o.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_operation_names_at_least_one_field() =>
        Broken.None(OperationCatalogue.Current.Operations.Where(o => o.Fields.Count == 0).Select(o => o.Path));

    private static Reach ReachOf(MethodDescriptor method) => method.GetOptions()?.GetExtension(AccessExtensions.Method)?.Reach ?? Reach.Unspecified;

    // All generated files of the contracts assembly, found by their type: a service that nobody listed is found too.
    private static IEnumerable<MethodDescriptor> Methods() =>
        typeof(LogRecord).Assembly.GetTypes()
            .Where(t => t.Name.EndsWith("Reflection", StringComparison.Ordinal) && t.Namespace == typeof(LogRecord).Namespace)
            .Select(t => t.GetProperty("Descriptor")?.GetValue(null)).OfType<FileDescriptor>()
            .SelectMany(f => f.Services).SelectMany(s => s.Methods);
}
