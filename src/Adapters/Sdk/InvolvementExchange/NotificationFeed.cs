using System.Globalization;
using System.Runtime.CompilerServices;
using Keten.Adapters.Sdk.Pseudonyms;
using Keten.Adapters.Sdk.Storage;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>
/// The inbox as a stream: everything after a token, then what comes, in order. Read from the database in pages, so that a slow or absent
/// reader holds up nobody and loses nothing.
/// </summary>
public sealed partial class NotificationFeed
{
    private const int PageSize = 100;

    private readonly AdapterStore _store;
    private readonly Inbox _inbox;
    private readonly InboxWake _wake;
    private readonly PseudonymIndex _index;
    private readonly ILogger _logger;

    internal NotificationFeed(AdapterStore store, Inbox inbox, InboxWake wake, PseudonymIndex index, ILogger<NotificationFeed> logger)
    {
        (_store, _inbox, _wake, _index, _logger) = (store, inbox, wake, index, logger);
    }

    /// <summary>The place a token stands for; an empty token is the organisation's mark. False for a token this adapter did not give.</summary>
    public bool TryParse(string token, out long after)
    {
        if (token.Length == 0)
        {
            after = _inbox.ReadMark();
            return true;
        }

        return long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out after) && after <= _inbox.ReadLast();
    }

    /// <summary>Never ends by itself. At least once: a reader that resumes with an old token gets the same again.</summary>
    public async IAsyncEnumerable<StreamNotificationsResponse> ReadAsync(
        long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = _wake.Next;
            var page = _inbox.Read(after, PageSize);
            foreach (var row in page)
            {
                yield return new StreamNotificationsResponse
                {
                    Notification = row.Notification,
                    ResumeToken = row.Seq.ToString(CultureInfo.InvariantCulture),
                    ClientId = await FindClientOrNoneAsync(row, cancellationToken),
                };
                after = row.Seq;
            }

            if (page.Count == 0)
            {
                await next.WaitAsync(cancellationToken);
            }
        }
    }

    /// <summary>Moves the organisation's mark to the place of a token; an earlier place changes nothing.</summary>
    public Task AcknowledgeAsync(long place, CancellationToken cancellationToken) => _inbox.MarkAsync(place, cancellationToken);

    // One notification whose person nobody can name now must not hold up all that come after it.
    private async Task<string> FindClientOrNoneAsync(InboxRow row, CancellationToken cancellationToken)
    {
        try
        {
            return await FindClientAsync(row.Notification, cancellationToken) ?? "";
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Log.WithoutClient(_logger, row.Seq, Problems.Describe(failure));
            return "";
        }
    }

    // What the organisation itself reported answers without the directory; it is the case for every match.
    internal async Task<string?> FindClientAsync(Notification notification, CancellationToken cancellationToken)
    {
        using var connection = _store.OpenConnection();
        return connection.Query(
                $"SELECT client_id FROM involvement WHERE involvement_id = $own OR {Subjects.Condition} ORDER BY involvement_id <> $own LIMIT 1",
                r => r.GetString(0), ("$own", Inbox.OwnInvolvementOf(notification) ?? ""), ("$subject", notification.Subject))
            is [var own] ? own : await _index.FindClientAsync(Pseudonym.Parse(notification.Subject), cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(5315, LogLevel.Warning,
            "Notification {Seq} is given to the stream without its client: the client directory or the pseudonym service does not answer ({Problem})")]
        public static partial void WithoutClient(ILogger logger, long seq, string problem);
    }
}
