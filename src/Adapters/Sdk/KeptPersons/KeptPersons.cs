using Keten.Adapters.Sdk.CaseSystem;
using Keten.Adapters.Sdk.Pseudonyms;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.KeptPersons;

/// <summary>What a case system does with copies of other organisations' name and address data.</summary>
internal sealed class KeptPersons(KeptPersonStore copies, GatewayPersons gateway, PseudonymIndex index, KeptPersonWake wake, TimeProvider time)
{
    /// <summary>Each copy is a subscription at its source; more than this is a question for another design.</summary>
    private const int MaxCopies = 1_000;
    private const int MaxWord = 256;

    /// <summary>Reads now, keeps, and watches from now on.</summary>
    /// <exception cref="Grpc.Core.RpcException">Refused by this adapter, the gateway or the source.</exception>
    public async Task<KeptPerson> KeepAsync(KeepPersonRequest request, CancellationToken cancellationToken)
    {
        if (Expected(request) is { } expected)
        {
            throw Invalid(expected).ToException();
        }

        if (copies.All() is { Count: >= MaxCopies } all && all.All(c => c.Key != KeptPersonKeeper.KeyOf(request)))
        {
            throw Invalid($"fewer than {MaxCopies} copies; drop those nobody looks at").ToException();
        }

        var subject = await SubjectOfAsync(request.ClientId, cancellationToken);
        var copy = await gateway.ReadAsync(request, subject.Value, cancellationToken);
        await copies.PutAsync(copy, cancellationToken);
        wake.Signal();
        return copy.ToMessage();
    }

    /// <summary>The copy as it is.</summary>
    /// <exception cref="Grpc.Core.RpcException">There is none.</exception>
    public KeptPerson Get(GetKeptPersonRequest request) =>
        (copies.Find(new KeptKey(request.ClientId, request.SourceOin, request.Purpose), time.GetUtcNow()) ?? throw CaseSystemRefusals.PersonNotKept.ToException())
        .ToMessage(request.Etag);

    /// <summary>Forgets the copy; nothing happens when there is none.</summary>
    public async Task DropAsync(DropPersonRequest request, CancellationToken cancellationToken)
    {
        await copies.DropAsync(new KeptKey(request.ClientId, request.SourceOin, request.Purpose), cancellationToken);
        wake.Signal();
    }

    private async Task<Pseudonym> SubjectOfAsync(string clientId, CancellationToken cancellationToken)
    {
        Pseudonym? subject;
        try
        {
            subject = await index.PseudonymOfAsync(clientId, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw CaseSystemRefusals.PseudonymsUnavailable.ToException();
        }

        return subject ?? throw CaseSystemRefusals.ClientUnknown.ToException();
    }

    private static string? Expected(KeepPersonRequest request) =>
        !IsWord(request.ClientId) ? "client_id"
        : !Oin.TryParse(request.SourceOin, out _) ? "source_oin: an OIN of 20 positions"
        : !IsWord(request.Purpose) || !IsWord(request.Actor) || !IsWord(request.ActorRole) ? $"purpose, actor and actor_role of 1 to {MaxWord} characters"
        : !CaseFacts.TryParse(request.AssertedFacts.Memory, out _, out var fault) ? $"asserted_facts: {fault}"
        : null;

    private static bool IsWord(string text) => text.Length is > 0 and <= MaxWord;

    private static Refusal Invalid(string expected) => CaseSystemRefusals.ReportInvalid with { English = $"Keeping a copy needs {expected}." };
}
