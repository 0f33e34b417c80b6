namespace Keten.Oprf;

/// <summary>What a caller keeps of an input that was blinded: dispose it when the answer was used.</summary>
public sealed class BlindedInput : IDisposable
{
    private Scalar _blind;

    internal BlindedInput(GroupElement element, in Scalar blind) => (Element, _blind) = (element, blind);

    /// <summary>What may be sent: without the blind it tells nothing of the input.</summary>
    public GroupElement Element { get; }

    /// <summary>
    /// The evaluated element with the blind taken off: k·H(input). The seam for pseudonyms per recipient, which are converted in this form; who knows the
    /// input finalises it (<see cref="OprfSuite.Finalize"/>).
    /// </summary>
    public GroupElement Unblind(GroupElement evaluated)
    {
        ArgumentNullException.ThrowIfNull(evaluated);
        return Multiply(_blind.Invert(), evaluated);
    }

    /// <summary><see cref="Unblind"/> of each, cheaper than one by one.</summary>
    public static IReadOnlyList<GroupElement> UnblindAll(IReadOnlyList<BlindedInput> inputs, IReadOnlyList<GroupElement> evaluated)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(evaluated);
        ArgumentOutOfRangeException.ThrowIfNotEqual(evaluated.Count, inputs.Count);
        Scalar[] blinds = [.. inputs.Select(i => i._blind)];
        var inverses = Scalar.InvertAll(blinds);
        try
        {
            return [.. inverses.Select((inverse, i) => Multiply(inverse, evaluated[i]))];
        }
        finally
        {
            Array.Clear(blinds);
            Array.Clear(inverses);
        }
    }

    /// <summary>Forgets the blind.</summary>
    public void Dispose() => _blind = Scalar.Zero;

    private static GroupElement Multiply(in Scalar inverse, GroupElement evaluated)
    {
        using var multiplier = SecretMultiplier.Of(inverse);
        return multiplier.Multiply(evaluated);
    }
}
