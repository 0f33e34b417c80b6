using System.Collections.Frozen;
using Hl7.Fhir.FhirPath;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;
using Hl7.Fhir.Utility;
using Hl7.FhirPath;
using Hl7.FhirPath.Expressions;
using Keten.Adapters.Sdk.Mapping;
using Expression = Hl7.FhirPath.Expressions.Expression;

namespace Keten.Adapters.Fhir.Mapping;

/// <summary>A FHIRPath of the mapping, compiled once.</summary>
internal sealed class FhirPathExpression
{
    private static readonly FhirPathCompiler Compiler = Create();

    /// <summary>All element and type names of R4. FHIRPath takes a name that does not exist for an element that is absent, so that a slip of the pen would never show.</summary>
    private static readonly FrozenSet<string> Names = ModelInfo.ModelInspector.ClassMappings
        .SelectMany(c => c.PropertyMappings.Select(p => p.Name).Append(c.Name))
        .ToFrozenSet(StringComparer.Ordinal);

    private readonly CompiledExpression _compiled;

    private FhirPathExpression(CompiledExpression compiled) => _compiled = compiled;

    /// <summary>Null, and what is wrong, when it cannot be used on resources of this type.</summary>
    public static FhirPathExpression? TryCreate(string text, string resourceType, out string? fault)
    {
        try
        {
            var type = ModelInfo.ModelInspector.FindClassMapping(resourceType)!;
            var parsed = Compiler.Parse(text);
            fault = FaultIn(parsed, type.PropertyMappings.Select(p => p.Name).Append(resourceType).ToFrozenSet(StringComparer.Ordinal));
            if (fault is not null)
            {
                return null;
            }

            // Tried on a resource without content: an unknown function shows only then.
            var expression = new FhirPathExpression(Compiler.Compile(parsed));
            _ = expression.Select((Resource)type.CreateInstance(), static _ => null);
            return expression;
        }
        catch (Exception failure) when (IsFailure(failure))
        {
            fault = $"not a FHIRPath that can be used on {resourceType}: {failure.Message}";
            return null;
        }
    }

    /// <summary>True when a FHIRPath could not be evaluated: it does not fit what the resource holds.</summary>
    public static bool IsFailure(Exception failure) =>
        failure is CodedException or InvalidOperationException or ArgumentException or FormatException or NotSupportedException or InvalidCastException or OverflowException;

    /// <summary>What it selects.</summary>
    /// <param name="resource">From where.</param>
    /// <param name="resolve">The resource a reference is of, for <c>resolve()</c>; null when it is not there.</param>
    public IReadOnlyList<Base> Select(Resource resource, Func<string, Resource?> resolve)
    {
        var context = new FhirEvaluationContext { ElementResolver = reference => resolve(reference) is { } found ? Node(found) : null! };
        return [.. _compiled([Node(resource)], context).Select(n => n.Poco)];
    }

    private static PocoNode Node(Resource resource) => resource.ToPocoNode(ModelInfo.ModelInspector);

    private static FhirPathCompiler Create()
    {
        var symbols = new SymbolTable().AddStandardFP().AddFhirExtensions();
        return new FhirPathCompiler(symbols);
    }

    /// <param name="expression">Part of a FHIRPath.</param>
    /// <param name="here">The elements of what it is evaluated on.</param>
    private static string? FaultIn(Expression expression, FrozenSet<string> here)
    {
        switch (expression)
        {
            case ChildExpression child:
                var known = child.Focus is AxisExpression ? here : Names;
                return known.Contains(child.ChildName) ? FaultIn(child.Focus, here)
                    : $"R4 has no element '{child.ChildName}' there{Suggestion.For(child.ChildName, known.Where(n => char.IsAsciiLetterLower(n[0])))}";
            case FunctionCallExpression { FunctionName: "trace" }:
                return "trace() writes what a person's record holds to a log";
            case FunctionCallExpression call:
                // In an argument of a function "here" is each item of what the function is called on; of an operator, and of iif at the top, it stays.
                var within = call is BinaryExpression or UnaryExpression or IndexerExpression || call is { FunctionName: "iif", Focus: AxisExpression } ? here : Names;
                return (call.Focus is { } focus ? FaultIn(focus, here) : null) ?? call.Arguments.Select(a => FaultIn(a, within)).FirstOrDefault(f => f is not null);
            default:
                return null;
        }
    }
}
