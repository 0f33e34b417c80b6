using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog.Checkpoints;
using Keten.DecisionLog.Tree;
using Keten.Identity;

namespace Keten.Gateway.Witness;

/// <summary>Asks one witness to sign, and remembers how far it has signed.</summary>
internal sealed partial class WitnessRound(TrustedWitness witness, string directory, IParticipantRegistry registry, FederationTrust trust, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly NoteVerifierKey _key = NoteVerifierKey.Parse(witness.Key);
    private readonly Oin _oin = Oin.Parse(witness.Oin);
    private HttpClient? _http;
    private string? _told;
    private long _signed;

    /// <summary>The witness's signature; null when it did not sign, which is told once and tried again with the next checkpoint.</summary>
    public async Task<NoteSignature?> AskAsync(SignedNote note, Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        if (note.JudgedBy(_key) == NoteVerdict.Signed)
        {
            return null;
        }

        if (!registry.TryGet(_oin, out var participant) || participant.Adapter is not { } adapter)
        {
            return Away("it is not in the participants registry, or has no adapter");
        }

        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // Twice at most: the first answer may be how far it has come.
            return await PostAsync(adapter, note, checkpoint, either.Token) is { } signature ? signature
                : _signed <= checkpoint.Size && _told is null ? await PostAsync(adapter, note, checkpoint, either.Token) : null;
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested && problem is HttpRequestException or IOException or OperationCanceledException)
        {
            return Away(problem is OperationCanceledException ? $"no answer within {Limit}" : problem.GetType().Name);
        }
    }

    public void Dispose() => _http?.Dispose();

    private async Task<NoteSignature?> PostAsync(Uri adapter, SignedNote note, Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var proof = MerkleProofs.Consistency(new TileTree(directory, checkpoint.Size), Math.Min(_signed, checkpoint.Size), checkpoint.Size);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(new AddCheckpointRequest(Math.Min(_signed, checkpoint.Size), proof, note).ToString()));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/plain") { CharSet = "utf-8" };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(adapter, AddCheckpointRequest.Path))
        {
            Content = content, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionOrHigher,
        };
        _http ??= new HttpClient(trust.CreateHandler(_oin)) { MaxResponseContentBufferSize = AddCheckpointRequest.MostBytes };
        using var answer = await _http.SendAsync(request, cancellationToken);
        var body = await answer.Content.ReadAsStringAsync(cancellationToken);
        return answer.StatusCode switch
        {
            HttpStatusCode.OK => Accept(note, checkpoint, body),
            HttpStatusCode.Conflict when AddCheckpointRequest.TryParseSize(body.TrimEnd('\n'), out var size) => Conflict(size, checkpoint),
            HttpStatusCode.UnprocessableEntity => Refused(checkpoint),
            HttpStatusCode.NotFound or HttpStatusCode.Forbidden => Away($"it does not know this log's key ({(int)answer.StatusCode}): Adapter:Witness:Logs there"),
            _ => Away($"it answered {(int)answer.StatusCode}"),
        };
    }

    private NoteSignature? Accept(SignedNote note, Checkpoint checkpoint, string body)
    {
        if (!SignedNote.TryParseLines(body, out var lines) || (note with { Signatures = lines }).JudgedBy(_key) != NoteVerdict.Signed)
        {
            return Away("its answer is not signed by the key in Gateway:DecisionLog:Witnesses");
        }

        if (_told is not null)
        {
            _told = null;
            Log.Back(logger, _oin);
        }

        _signed = checkpoint.Size;
        return lines.First(line => line.Name == _key.Name && line.KeyId == _key.KeyId);
    }

    private NoteSignature? Conflict(long size, Checkpoint checkpoint)
    {
        if (size > checkpoint.Size)
        {
            if (IsNews(nameof(Log.Ahead)))
            {
                Log.Ahead(logger, _oin, size, checkpoint.Size);
            }
        }
        else if (size == checkpoint.Size && size == _signed)
        {
            return Refused(checkpoint);
        }

        _signed = size;
        return null;
    }

    private NoteSignature? Refused(Checkpoint checkpoint)
    {
        if (IsNews(nameof(Log.TwoHistories)))
        {
            Log.TwoHistories(logger, _oin, checkpoint.Size);
        }

        return null;
    }

    private NoteSignature? Away(string why)
    {
        if (IsNews(why))
        {
            Log.Away(logger, _oin, why);
        }

        return null;
    }

    // The same is not told again until it signed in between.
    private bool IsNews(string what)
    {
        var news = _told != what;
        _told = what;
        return news;
    }

    private static partial class Log
    {
        [LoggerMessage(2040, LogLevel.Warning, "Witness {Oin} does not sign: {Why}. The log goes on; it is asked again with the next checkpoint")]
        public static partial void Away(ILogger logger, Oin oin, string why);

        [LoggerMessage(2041, LogLevel.Information, "Witness {Oin} signs again")]
        public static partial void Back(ILogger logger, Oin oin);

        [LoggerMessage(2042, LogLevel.Critical, "Witness {Oin} has signed {Known} records of this log, and here are {Count}: its tail is gone, or this is an older copy. Keep the directory as evidence: docs/decision-log.md")]
        public static partial void Ahead(ILogger logger, Oin oin, long known, long count);

        [LoggerMessage(2043, LogLevel.Critical, "Witness {Oin} refuses the checkpoint of {Count} records: it is no continuation of what it signed before. Two histories of this log exist. Keep the directory as evidence: docs/decision-log.md")]
        public static partial void TwoHistories(ILogger logger, Oin oin, long count);
    }
}
