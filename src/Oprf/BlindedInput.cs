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
        using var multiplier = new SecretMultiplier(_blind.Invert());
        return multiplier.Multiply(evaluated);
    }

    /// <summary>Forgets the blind.</summary>
    public void Dispose() => _blind = Scalar.Zero;
}
