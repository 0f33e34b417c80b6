using System.Text.Json;

namespace Keten.Policy;

public sealed partial class WasmPolicyEngine
{
    /// <summary>
    /// Decides on an input document exactly as it is, however odd: nothing is checked, defaulted or left out on the way. For tools that
    /// test and compare policies; whoever enforces uses <see cref="DecideAsync"/>.
    /// </summary>
    /// <returns>The policy's result set, JSON.</returns>
    /// <exception cref="PolicyUnavailableException">No answer.</exception>
    internal byte[] EvaluateRaw(ReadOnlyMemory<byte> inputJson) => Evaluate(
        _decision, inputJson, static (input, writer) => writer.WriteRawValue(input.Span, skipInputValidation: true), static (resultSet, _) => resultSet.ToArray());

    /// <summary>What a viewer learns of a holder, as <see cref="VisibilityAsync"/> says it, for tools that compare policies.</summary>
    /// <exception cref="PolicyUnavailableException">No answer.</exception>
    internal InvolvementVisibility Visibility(string viewerType, string holderType, string purpose, bool shielded) => Evaluate(
        _level, new VisibilityInput(viewerType, holderType, purpose, shielded), static (input, writer) => input.WriteTo(writer), ReadVisibility);
}
