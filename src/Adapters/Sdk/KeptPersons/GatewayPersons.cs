using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Net.Client;
using Keten.Adapters.Sdk.CaseSystem;
using Keten.Adapters.Sdk.Hosting;
using Keten.Client;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.Identity;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.KeptPersons;

/// <summary>
/// Asks other organisations for a person, through the gateway, with the adapter's own certificate: the organisation's. TLS and revocation are
/// the adapter's own, so that a renewed certificate is in use at once.
/// </summary>
internal sealed class GatewayPersons(TimeProvider time, AdapterOptions? options = null, FederationTrust? trust = null) : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private GrpcChannel? _channel;

    /// <summary>One read, decided and logged by gateway and source.</summary>
    /// <exception cref="RpcException">Refused, not answered, or under terms this version cannot honour.</exception>
    public async Task<KeptCopy> ReadAsync(KeepPersonRequest request, string subject, CancellationToken cancellationToken)
    {
        // gRPC measures its deadline by the system's clock, whatever clock this adapter lives by.
        var deadline = TimeProvider.System.GetUtcNow().UtcDateTime + Deadline;
        using var call = Client().GetPersonAsync(new GetPersonRequest(), new CallOptions(Metadata(request, subject), deadline, cancellationToken));
        var answer = await call;
        if (!DisclosureTerms.TryRead(await call.ResponseHeadersAsync, ObligationIds.All, out var terms, out var fault))
        {
            throw fault.Refusal.ToException();
        }

        var now = time.GetUtcNow();
        return new KeptCopy(
            KeptPersonKeeper.KeyOf(request), subject, request, answer.Person ?? new Person(), terms, now,
            terms.RetentionDays > 0 ? now.AddDays(terms.RetentionDays) : null);
    }

    /// <summary>The person now and after every change, until the subscription is to be decided anew.</summary>
    /// <exception cref="RpcException">Refused, not answered, or ended.</exception>
    public async IAsyncEnumerable<Person> WatchAsync(KeepPersonRequest request, string subject, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var call = Client().WatchPerson(new WatchPersonRequest(), new CallOptions(Metadata(request, subject), cancellationToken: cancellationToken));
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            yield return call.ResponseStream.Current.Person ?? new Person();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _channel?.Dispose();

    private PersonService.PersonServiceClient Client()
    {
        if (options is null || trust is null || options.Gateway.Length == 0)
        {
            throw CaseSystemRefusals.GatewayNotConfigured.ToException();
        }

        lock (_gate)
        {
            return new PersonService.PersonServiceClient(_channel ??= GrpcChannel.ForAddress(options.Gateway, new GrpcChannelOptions
            {
                HttpHandler = trust.CreateHandler(Oin.Parse(options.GatewayOin)), DisposeHttpClient = true,
            }));
        }
    }

    private static Metadata Metadata(KeepPersonRequest request, string subject) => AskMetadata.Of(new Ask
    {
        Target = Oin.Parse(request.SourceOin),
        Subject = Pseudonym.Parse(subject),
        Purpose = request.Purpose,
        Actor = request.Actor,
        ActorRole = request.ActorRole,
        Facts = CaseFacts.TryParse(request.AssertedFacts.Memory, out var facts, out _) ? facts : CaseFacts.None,
        Fields = request.Fields.Count == 0 ? null : request.Fields,
    });
}
