using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Keten.Protocol.V1;

namespace Keten.Cli.Involvement;

/// <summary>
/// One run of an import: rows go out as fast as the adapter takes them in, answers come back per batch. A digest of all rows so far goes along, so
/// that a resumed import notices a source that has other rows by now.
/// </summary>
internal sealed class ImportRun(RowSource source, RowMapping mapping, ErrorsFile errors)
{
    private const int CheckLength = 16;

    private ImportInvolvementsResponse _last = new();
    private byte[] _check = [];
    private long _rows;
    private long _unreadable;

    /// <summary>Rows read, answered and refused so far; also while it runs.</summary>
    public ImportCounts Counts => new(
        Interlocked.Read(ref _rows), _last.Position, _last.Taken, _last.Unchanged, _last.Refused + Interlocked.Read(ref _unreadable));

    /// <summary>Runs to the end of the source.</summary>
    /// <exception cref="CliException">The source cannot be read, or is another than before.</exception>
    /// <exception cref="RpcException">The adapter refuses, or is away; what it answered is durable.</exception>
    public async Task RunAsync(CaseSystemService.CaseSystemServiceClient adapter, ImportStart start, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var call = adapter.ImportInvolvements(cancellationToken: stop.Token);
        await call.RequestStream.WriteAsync(new ImportInvolvementsRequest { Start = start }, stop.Token);
        if (!await call.ResponseStream.MoveNext(stop.Token))
        {
            throw new CliException("the adapter ended the import without an answer.");
        }

        _last = call.ResponseStream.Current;
        var hearing = HearAsync(call.ResponseStream, stop.Token);
        var sending = SendAsync(call.RequestStream, _last.Position, _last.Check.ToByteArray(), stop.Token);
        if (await Task.WhenAny(sending, hearing) == sending && sending.Exception?.InnerException is not (RpcException or InvalidOperationException or null))
        {
            // A source that broke off: what is under way is not waited for.
            await stop.CancelAsync();
            await sending;
        }

        // When the adapter ends the call, sending fails too, but only its answer says why.
        await hearing;
        await sending;
    }

    private async Task HearAsync(IAsyncStreamReader<ImportInvolvementsResponse> answers, CancellationToken cancellationToken)
    {
        while (await answers.MoveNext(cancellationToken))
        {
            _last = answers.Current;
            foreach (var error in _last.Errors)
            {
                errors.Add(error);
            }
        }
    }

    private async Task SendAsync(IClientStreamWriter<ImportInvolvementsRequest> rows, long position, byte[] check, CancellationToken cancellationToken)
    {
        var seen = position == 0;
        while (await source.ReadAsync(cancellationToken))
        {
            var row = Interlocked.Increment(ref _rows);
            if (Map(row) is not { } report)
            {
                continue;
            }

            _check = Digest(_check, row, report);
            if (row > position)
            {
                Require(seen);
                await rows.WriteAsync(new ImportInvolvementsRequest { Row = new ImportRow { Row = row, Report = report, Check = ByteString.CopyFrom(_check) } }, cancellationToken);
            }
            else if (row == position)
            {
                Require(seen = _check.AsSpan().SequenceEqual(check));
            }
        }

        Require(seen);
        await rows.CompleteAsync();

        static void Require(bool same)
        {
            if (!same)
            {
                throw new CliException("--resume: the source has other rows than when the import began. Begin anew without --resume: what is reported already is not reported twice.");
            }
        }
    }

    private ReportInvolvementRequest? Map(long row)
    {
        var column = "";
        var fault = source.Fault;
        if (fault is null && mapping.TryMap(source, out var report, out column))
        {
            return report;
        }

        Interlocked.Increment(ref _unreadable);
        errors.Add(new ImportRowError
        {
            Row = row,
            Column = column,
            ReasonCode = "ROW_UNREADABLE",
            Message = fault is null
                ? "The value is not of its form: dates are yyyy-mm-dd, yes and no are true and false, and asserted_facts stands alone."
                : $"The row cannot be read: {fault}.",
        });
        return null;
    }

    private static byte[] Digest(byte[] before, long row, ReportInvolvementRequest report)
    {
        var number = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(number, row);
        return SHA256.HashData((byte[])[.. before, .. number, .. report.ToByteArray()])[..CheckLength];
    }
}
