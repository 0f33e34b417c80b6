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
}
