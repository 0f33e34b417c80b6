using Grpc.Core;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Adapters.Sdk.Pseudonyms;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.CaseSystem;

/// <summary>
/// The local API for the organisation's own case system. Offer it on a listener of its own: mTLS with the organisation's certificate, or a
/// unix socket.
/// </summary>
internal sealed class CaseSystemGrpcService(
    InvolvementReporter reporter, InvolvementImporter importer, InvolvementEraser eraser, KeptPersons.KeptPersons kept, PseudonymIndex index,
    NotificationFeed feed) : CaseSystemService.CaseSystemServiceBase
{
    /// <inheritdoc/>
    public override async Task<ReportInvolvementResponse> ReportInvolvement(ReportInvolvementRequest request, ServerCallContext context)
    {
        var outcome = await reporter.ReportAsync(request, context.CancellationToken);
        return outcome.Refusal is { } refusal
            ? throw refusal.ToException()
            : new ReportInvolvementResponse { InvolvementId = outcome.InvolvementId, Version = outcome.Version };
    }

    /// <inheritdoc/>
    public override async Task ImportInvolvements(
        IAsyncStreamReader<ImportInvolvementsRequest> requestStream, IServerStreamWriter<ImportInvolvementsResponse> responseStream, ServerCallContext context)
    {
        await foreach (var answer in importer.RunAsync(requestStream.ReadAllAsync(context.CancellationToken), context.CancellationToken))
        {
            await responseStream.WriteAsync(answer, context.CancellationToken);
        }
    }

    /// <inheritdoc/>
    public override async Task<EraseInvolvementsResponse> EraseInvolvements(EraseInvolvementsRequest request, ServerCallContext context) =>
        request.WhatCase == EraseInvolvementsRequest.WhatOneofCase.None
            ? throw (CaseSystemRefusals.ReportInvalid with { English = "Erasing needs client_id or involvement_id." }).ToException()
            : new EraseInvolvementsResponse { Erased = await eraser.EraseAsync(request, context.CancellationToken) };

    /// <inheritdoc/>
    public override async Task<KeepPersonResponse> KeepPerson(KeepPersonRequest request, ServerCallContext context) =>
        new() { Kept = await kept.KeepAsync(request, context.CancellationToken) };

    /// <inheritdoc/>
    public override Task<GetKeptPersonResponse> GetKeptPerson(GetKeptPersonRequest request, ServerCallContext context) =>
        Task.FromResult(new GetKeptPersonResponse { Kept = kept.Get(request) });

    /// <inheritdoc/>
    public override async Task<DropPersonResponse> DropPerson(DropPersonRequest request, ServerCallContext context)
    {
        await kept.DropAsync(request, context.CancellationToken);
        return new DropPersonResponse();
    }

    /// <inheritdoc/>
    public override async Task<GetPseudonymResponse> GetPseudonym(GetPseudonymRequest request, ServerCallContext context)
    {
        Pseudonym? pseudonym;
        try
        {
            pseudonym = await index.PseudonymOfAsync(request.ClientId, context.CancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw CaseSystemRefusals.PseudonymsUnavailable.ToException();
        }

        return new GetPseudonymResponse { Pseudonym = (pseudonym ?? throw CaseSystemRefusals.ClientUnknown.ToException()).Value };
    }

    /// <inheritdoc/>
    public override async Task StreamNotifications(
        StreamNotificationsRequest request, IServerStreamWriter<StreamNotificationsResponse> responseStream, ServerCallContext context)
    {
        await foreach (var notification in feed.ReadAsync(PlaceOf(request.ResumeToken), context.CancellationToken))
        {
            await responseStream.WriteAsync(notification, context.CancellationToken);
        }
    }

    /// <inheritdoc/>
    public override async Task<AcknowledgeNotificationsResponse> AcknowledgeNotifications(
        AcknowledgeNotificationsRequest request, ServerCallContext context)
    {
        if (request.ResumeToken.Length == 0)
        {
            throw CaseSystemRefusals.ResumeTokenInvalid.ToException();
        }

        await feed.AcknowledgeAsync(PlaceOf(request.ResumeToken), context.CancellationToken);
        return new AcknowledgeNotificationsResponse();
    }

    private long PlaceOf(string token) =>
        feed.TryParse(token, out var place) ? place : throw CaseSystemRefusals.ResumeTokenInvalid.ToException();
}
