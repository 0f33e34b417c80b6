using Grpc.Core;
using Keten.Adapters.Sdk.Disclosure;
using Keten.Adapters.Sdk.Ports;
using Keten.Contracts;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Services;

/// <summary>Name and address, from the port. Whether and how much is not decided here.</summary>
internal sealed class PersonGrpcService(SourceWatch watch, Deliveries deliveries, IPersonSource? source = null) : PersonService.PersonServiceBase
{
    public override async Task<GetPersonResponse> GetPerson(GetPersonRequest request, ServerCallContext context) =>
        new() { Person = await ReadAsync(context) };

    public override Task WatchPerson(WatchPersonRequest request, IServerStreamWriter<WatchPersonResponse> responseStream, ServerCallContext context) =>
        watch.RunAsync(async () => new WatchPersonResponse { Person = await ReadAsync(context) }, responseStream, context);

    public override async Task<CorrectPersonResponse> CorrectPerson(CorrectPersonRequest request, ServerCallContext context)
    {
        await deliveries.KeepAsync(VerifiedCall.Of(context), new Delivery { PersonCorrection = request.Person ?? new Person() }, context.CancellationToken);
        return new CorrectPersonResponse();
    }

    private async Task<Person> ReadAsync(ServerCallContext context)
    {
        var call = VerifiedCall.Of(context);
        var persons = source ?? throw new AdapterRefusedException(Refusals.OperationNotOffered);
        return call.ClientId is { } clientId ? await persons.GetAsync(clientId, context.CancellationToken) ?? new Person() : new Person();
    }
}
