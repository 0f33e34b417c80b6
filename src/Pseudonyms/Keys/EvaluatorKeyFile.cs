using System.Security.Cryptography;
using Keten.Contracts.Identifiers;
using Keten.Oprf;

namespace Keten.Pseudonyms;

/// <summary>
/// One evaluator's key file: its shares, and the key with which the other evaluator can send it a refresh. Mode 0600, replaced as a whole. Losing it is
/// losing the keys: every pseudonym would have to be made anew; keep a sealed copy, never with the other evaluator's.
/// </summary>
public sealed class EvaluatorKeyFile : IDisposable
{
    private readonly List<KeyShare> _keys;

    internal EvaluatorKeyFile(string evaluator, ECDiffieHellman transport, IEnumerable<KeyShare> keys)
    {
        (Evaluator, Transport, _keys) = (evaluator, transport, [.. keys]);
    }

    /// <summary>A name for people, for instance <c>evaluator-a</c>.</summary>
    public string Evaluator { get; }

    /// <summary>All keys, oldest first, retired ones included.</summary>
    public IReadOnlyList<KeyShare> Keys => _keys;

    internal ECDiffieHellman Transport { get; }

    /// <summary>A new file with one new share.</summary>
    public static EvaluatorKeyFile Create(string evaluator, string keyId, DateTimeOffset now)
    {
        var file = new EvaluatorKeyFile(evaluator, ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256), []);
        file.Add(keyId, now);
        return file;
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="KeyFileException">Missing, broken, or readable by others.</exception>
    public static EvaluatorKeyFile Load(string path) => KeyFileFormat.Read(path);

    /// <summary>Writes the file, in place of the one before.</summary>
    /// <exception cref="KeyFileException">It cannot be written.</exception>
    public void Save(string path, bool mayReplace = true) => KeyFileFormat.Write(path, this, mayReplace);

    /// <summary>The share of an id.</summary>
    /// <exception cref="KeyFileException">There is none, or it was destroyed.</exception>
    public KeyShare Live(string keyId) => _keys.FirstOrDefault(k => k.Id == keyId && k.State != ShareState.Retired)
        ?? throw new KeyFileException($"There is no live key {keyId} here; live are: {string.Join(", ", _keys.Where(k => k.State != ShareState.Retired).Select(k => k.Id))}.");

    /// <summary>A new share of a new key. The newest key before it becomes retiring: it is evaluated until it is retired.</summary>
    /// <param name="keyId">Never used before.</param>
    /// <param name="now">Goes into the file.</param>
    /// <param name="retires">When the key before it is planned to end.</param>
    /// <exception cref="KeyFileException">The id is no id or was used, or two keys live already.</exception>
    public void Add(string keyId, DateTimeOffset now, DateTimeOffset? retires = null)
    {
        if (!Pseudonym.TryParse(keyId + "." + new string('A', 43), out _))
        {
            throw new KeyFileException("A key id has one to eight lower-case letters or digits, for instance k2.");
        }

        if (_keys.Any(k => k.Id == keyId))
        {
            throw new KeyFileException($"The key id {keyId} was used before. Take the next one: an id means one key for ever.");
        }

        var live = _keys.Where(k => k.State != ShareState.Retired).ToList();
        if (live.Count > 1)
        {
            throw new KeyFileException($"Two keys live already ({live[0].Id}, {live[1].Id}). End the older one first: keten pseudonym rotate --keys FILE --retire {live[0].Id}.");
        }

        live.ForEach(k => k.Retire(retires));
        _keys.Add(new KeyShare(keyId, ShareState.Active, 0, now, null, EvaluationKey.Generate(), null));
    }

    /// <summary>Destroys a share. What was made with the key can never be made again.</summary>
    /// <exception cref="KeyFileException">There is no such live key, or it is the last one.</exception>
    public void Destroy(string keyId)
    {
        var key = Live(keyId);
        if (key.State != ShareState.Retiring)
        {
            throw new KeyFileException($"Key {keyId} is active. Only one that a newer key has replaced can be retired: keten pseudonym rotate --keys FILE --key NEW.");
        }

        key.Destroy();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Transport.Dispose();
        _keys.ForEach(k => k.Dispose());
    }
}
