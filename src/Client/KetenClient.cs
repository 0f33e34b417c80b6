using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.Client;

/// <summary>
/// What a .NET case-management system calls the federation with: typed, over mTLS, with a deadline, and one kind of exception
/// (<see cref="KetenException"/>). One instance per process; safe for concurrent use.
/// </summary>
public sealed class KetenClient : IDisposable
{
    private readonly KetenClientOptions _options;
    private readonly GrpcChannel _channel;
    private readonly PersonService.PersonServiceClient _persons;
    private readonly HouseholdService.HouseholdServiceClient _households;
    private readonly InvolvementService.InvolvementServiceClient _involvements;
    private readonly PlanService.PlanServiceClient _plans;
    private readonly CrisisIntakeService.CrisisIntakeServiceClient _intakes;
    private readonly ConsultationService.ConsultationServiceClient _consultations;
    private readonly InvolvementIndexService.InvolvementIndexServiceClient _index;
    private readonly DirectoryService.DirectoryServiceClient _directory;
    private readonly ProcessingLogService.ProcessingLogServiceClient _processing;
    private readonly GatewayLogService.GatewayLogServiceClient _decisions;

    public KetenClient(KetenClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _channel = GrpcChannel.ForAddress(options.Gateway, new GrpcChannelOptions
        {
            HttpHandler = FederationHandler.Create(options), DisposeHttpClient = true,
        });
        _persons = new PersonService.PersonServiceClient(_channel);
        _households = new HouseholdService.HouseholdServiceClient(_channel);
        _involvements = new InvolvementService.InvolvementServiceClient(_channel);
        _plans = new PlanService.PlanServiceClient(_channel);
        _intakes = new CrisisIntakeService.CrisisIntakeServiceClient(_channel);
        _consultations = new ConsultationService.ConsultationServiceClient(_channel);
        _index = new InvolvementIndexService.InvolvementIndexServiceClient(_channel);
        _directory = new DirectoryService.DirectoryServiceClient(_channel);
        _processing = new ProcessingLogService.ProcessingLogServiceClient(_channel);
        _decisions = new GatewayLogService.GatewayLogServiceClient(_channel);
    }

    /// <summary>The channel, for a service this class has no method for: pass <see cref="Metadata"/> along yourself.</summary>
    public CallInvoker Invoker => _channel.CreateCallInvoker();

    /// <summary>Name and address of the person (category <c>naw</c>).</summary>
    /// <exception cref="KetenException">Refused or not answered.</exception>
    public Task<Answer<Person>> GetPersonAsync(Ask ask, CancellationToken cancellationToken = default) =>
        UnaryAsync(ask, options => _persons.GetPersonAsync(new GetPersonRequest(), options), answer => answer.Person ?? new Person(), cancellationToken);

    /// <summary>Hands the target a correction of name or address, for its own staff to weigh. Nothing comes back but the terms.</summary>
    /// <exception cref="KetenException">Refused or not answered; then nothing was handed over.</exception>
    public Task<Answer<CorrectPersonResponse>> CorrectPersonAsync(Ask ask, Person correction, CancellationToken cancellationToken = default) =>
        UnaryAsync(ask, options => _persons.CorrectPersonAsync(new CorrectPersonRequest { Person = correction }, options), answer => answer, cancellationToken);

    /// <summary>Family, custody and household of the person (category <c>gezinssamenstelling</c>).</summary>
    /// <exception cref="KetenException">Refused or not answered.</exception>
    public Task<Answer<IReadOnlyList<HouseholdRelation>>> GetHouseholdAsync(Ask ask, CancellationToken cancellationToken = default) =>
        UnaryAsync<GetHouseholdResponse, IReadOnlyList<HouseholdRelation>>(
            ask, options => _households.GetHouseholdAsync(new GetHouseholdRequest(), options), answer => answer.Relations, cancellationToken);

    /// <summary>The target's own involvement with the person (category <c>betrokkenheid</c>).</summary>
    /// <exception cref="KetenException">Refused or not answered.</exception>
    public Task<Answer<IReadOnlyList<Involvement>>> GetInvolvementAsync(Ask ask, CancellationToken cancellationToken = default) =>
        UnaryAsync<GetInvolvementResponse, IReadOnlyList<Involvement>>(
            ask, options => _involvements.GetInvolvementAsync(new GetInvolvementRequest(), options), answer => answer.Involvements, cancellationToken);

    /// <summary>The family plan of the person, step by step (category <c>plan</c>).</summary>
    /// <exception cref="KetenException">Refused or not answered.</exception>
    public Task<Answer<IReadOnlyList<PlanItem>>> GetPlanAsync(Ask ask, CancellationToken cancellationToken = default) =>
        UnaryAsync<GetPlanResponse, IReadOnlyList<PlanItem>>(
            ask, options => _plans.GetPlanAsync(new GetPlanRequest(), options), answer => answer.Items, cancellationToken);

    /// <summary>Crisis intakes of the person, newest first (category <c>crisis-intake</c>).</summary>
    /// <exception cref="KetenException">Refused or not answered.</exception>
    public Task<Answer<IReadOnlyList<CrisisIntake>>> GetCrisisIntakesAsync(Ask ask, CancellationToken cancellationToken = default) =>
        UnaryAsync<GetCrisisIntakesResponse, IReadOnlyList<CrisisIntake>>(
            ask, options => _intakes.GetCrisisIntakesAsync(new GetCrisisIntakesRequest(), options), answer => answer.Intakes, cancellationToken);

    /// <summary>
    /// Who else is involved with the person under an index purpose, as far as your own matches have told: the target of the ask is the gateway's own
    /// OIN. Nobody when your organisation is not in that index with this person itself.
    /// </summary>
    /// <exception cref="KetenException">Refused or not answered.</exception>
    public Task<Answer<IReadOnlyList<Involved>>> ListInvolvedAsync(Ask ask, CancellationToken cancellationToken = default) =>
        UnaryAsync<ListInvolvedResponse, IReadOnlyList<Involved>>(
            ask, options => _index.ListInvolvedAsync(new ListInvolvedRequest(), options), answer => answer.Involved, cancellationToken);

    /// <summary>Invites the target to a case conference about the person (category <c>overleg</c>). Repeatable with the same conference id.</summary>
    /// <exception cref="KetenException">Refused or not answered; then nobody was invited.</exception>
    public Task<Answer<ConveneResponse>> ConveneAsync(Ask ask, Conference conference, CancellationToken cancellationToken = default) =>
        UnaryAsync(ask, options => _consultations.ConveneAsync(new ConveneRequest { Conference = conference }, options), answer => answer, cancellationToken);

    /// <summary>One organisation in the expertise directory (category <c>sociale-kaart</c>). The target is the gateway itself, and there is no subject.</summary>
    /// <exception cref="KetenException">Refused, not answered, or no such participant.</exception>
    public Task<Answer<Organisation>> GetOrganisationAsync(Ask ask, Oin organisation, CancellationToken cancellationToken = default) =>
        UnaryAsync(ask, options => _directory.GetOrganisationAsync(new GetOrganisationRequest { Oin = organisation.Value }, options),
            answer => answer.Organisation ?? new Organisation(), cancellationToken);

    /// <summary>Organisations by expertise, type, region; as <see cref="GetOrganisationAsync"/>.</summary>
    /// <exception cref="KetenException">Refused or not answered.</exception>
    public Task<Answer<IReadOnlyList<Organisation>>> SearchOrganisationsAsync(Ask ask, SearchOrganisationsRequest search, CancellationToken cancellationToken = default) =>
        UnaryAsync<SearchOrganisationsResponse, IReadOnlyList<Organisation>>(
            ask, options => _directory.SearchOrganisationsAsync(search, options), answer => answer.Organisations, cancellationToken);

    /// <summary>
    /// What the target's own log has about the person (category <c>verwerkingen-log</c>), newest first, one page. A page with fewer lines than its limit
    /// is the last. What the policy leaves out leaves no trace.
    /// </summary>
    /// <exception cref="KetenException">Refused or not answered.</exception>
    public Task<Answer<IReadOnlyList<ProcessingLine>>> ListProcessingAsync(Ask ask, ListProcessingRequest page, CancellationToken cancellationToken = default) =>
        UnaryAsync<ListProcessingResponse, IReadOnlyList<ProcessingLine>>(
            ask, options => _processing.ListProcessingAsync(page, options), answer => answer.Lines, cancellationToken);

    /// <summary>The same of what passed through the gateway: the target of the ask is the gateway's own OIN.</summary>
    /// <exception cref="KetenException">Refused or not answered.</exception>
    public Task<Answer<IReadOnlyList<ProcessingLine>>> ListDecisionsAsync(Ask ask, ListDecisionsRequest page, CancellationToken cancellationToken = default) =>
        UnaryAsync<ListDecisionsResponse, IReadOnlyList<ProcessingLine>>(
            ask, options => _decisions.ListDecisionsAsync(page, options), answer => answer.Lines, cancellationToken);

    /// <summary>The person now and after every change, until the subscription is decided anew (<c>SUBSCRIPTION_ENDED</c>: subscribe again).</summary>
    /// <exception cref="KetenException">Refused, not answered, or ended.</exception>
    public IAsyncEnumerable<Answer<Person>> WatchPersonAsync(Ask ask, CancellationToken cancellationToken = default) =>
        StreamAsync(ask, options => _persons.WatchPerson(new WatchPersonRequest(), options), answer => answer.Person ?? new Person(), cancellationToken);

    /// <summary>The household now and after every change; ends as <see cref="WatchPersonAsync"/>.</summary>
    /// <exception cref="KetenException">Refused, not answered, or ended.</exception>
    public IAsyncEnumerable<Answer<IReadOnlyList<HouseholdRelation>>> WatchHouseholdAsync(Ask ask, CancellationToken cancellationToken = default) =>
        StreamAsync<WatchHouseholdResponse, IReadOnlyList<HouseholdRelation>>(
            ask, options => _households.WatchHousehold(new WatchHouseholdRequest(), options), answer => answer.Relations, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    private async Task<Answer<TData>> UnaryAsync<TResponse, TData>(
        Ask ask, Func<CallOptions, AsyncUnaryCall<TResponse>> start, Func<TResponse, TData> data, CancellationToken cancellationToken)
    {
        using var call = start(new CallOptions(
            AskMetadata.Of(ask), TimeProvider.System.GetUtcNow().UtcDateTime + (ask.Deadline ?? _options.Deadline), cancellationToken));
        try
        {
            var response = await call;
            var headers = await call.ResponseHeadersAsync;
            return new Answer<TData>(data(response), Terms(headers), headers.GetValue(KetenHeaders.TransactionId) ?? "");
        }
        catch (RpcException refused)
        {
            throw Failure.From(refused);
        }
    }

    private async IAsyncEnumerable<Answer<TData>> StreamAsync<TResponse, TData>(
        Ask ask, Func<CallOptions, AsyncServerStreamingCall<TResponse>> start, Func<TResponse, TData> data,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var deadline = ask.Deadline is { } limit ? TimeProvider.System.GetUtcNow().UtcDateTime + limit : (DateTime?)null;
        using var call = start(new CallOptions(AskMetadata.Of(ask), deadline, cancellationToken));
        while (await NextAsync(call.ResponseStream, cancellationToken))
        {
            var headers = await call.ResponseHeadersAsync;
            yield return new Answer<TData>(
                data(call.ResponseStream.Current), Terms(headers), headers.GetValue(KetenHeaders.TransactionId) ?? "");
        }
    }

    private static async Task<bool> NextAsync<TResponse>(IAsyncStreamReader<TResponse> stream, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.MoveNext(cancellationToken);
        }
        catch (RpcException refused)
        {
            throw Failure.From(refused);
        }
    }

    private Disclosure Terms(Metadata headers) =>
        DisclosureTerms.TryRead(headers, _options.Obligations, out var terms, out var fault) ? terms : throw Failure.Local(fault.Refusal, fault.Obligation);
}
