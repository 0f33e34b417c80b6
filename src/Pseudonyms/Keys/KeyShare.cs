using Keten.Oprf;

namespace Keten.Pseudonyms;

/// <summary>This evaluator's part of one key.</summary>
public sealed class KeyShare : IDisposable
{
    internal KeyShare(string id, ShareState state, int epoch, DateTimeOffset created, DateTimeOffset? retires, EvaluationKey? key, EvaluationKey? pending)
    {
        (Id, State, Epoch, Created, Retires, Key, Pending) = (id, state, epoch, created, retires, key, pending);
    }

    /// <summary>The key id that every pseudonym carries: one to eight lower-case letters or digits.</summary>
    public string Id { get; }

    /// <summary>Where it is in its life.</summary>
    public ShareState State { get; private set; }

    /// <summary>How often it was refreshed.</summary>
    public int Epoch { get; private set; }

    /// <summary>When the key was made.</summary>
    public DateTimeOffset Created { get; }

    /// <summary>When evaluation under it is planned to end.</summary>
    public DateTimeOffset? Retires { get; private set; }

    /// <summary>The share; null when retired.</summary>
    public EvaluationKey? Key { get; private set; }

    /// <summary>The share of the next epoch, prepared and not in use.</summary>
    public EvaluationKey? Pending { get; private set; }

    internal void Retire(DateTimeOffset? planned)
    {
        State = ShareState.Retiring;
        Retires = planned;
    }

    internal void Destroy()
    {
        Dispose();
        (State, Key, Pending) = (ShareState.Retired, null, null);
    }

    internal void Prepare(EvaluationKey next)
    {
        Pending?.Dispose();
        Pending = next;
    }

    internal void Activate()
    {
        Key!.Dispose();
        (Key, Pending, Epoch) = (Pending, null, Epoch + 1);
    }

    internal void Cancel()
    {
        Pending?.Dispose();
        Pending = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Key?.Dispose();
        Pending?.Dispose();
    }
}
