using Google.Protobuf;
using Grpc.Core;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Keten.Contracts.Fhir;
using Microsoft.AspNetCore.Http;

namespace Keten.Fhir;

/// <summary>
/// Answers for one resource type with the gRPC method of the same operation, called as its side calls it. What comes out has been decided, pruned
/// and logged; what remains here is another notation.
/// </summary>
/// <typeparam name="TRequest">The method's request.</typeparam>
/// <typeparam name="TResponse">The method's response.</typeparam>
/// <typeparam name="TItem">What becomes one resource.</typeparam>
internal abstract class FhirResource<TRequest, TResponse, TItem>(IFhirSide side, TimeProvider time) : IFhirResource
    where TRequest : class, new()
    where TResponse : class, IMessage<TResponse>
    where TItem : class
{
    /// <inheritdoc/>
    public abstract FhirResourceType Type { get; }

    /// <inheritdoc/>
    public abstract bool IsOffered { get; }

    /// <summary>The method's request; empty when all that is asked stands in the permit.</summary>
    protected virtual TRequest RequestOf(FhirRequest asked) => new();

    /// <summary>The gRPC method.</summary>
    protected abstract Task<TResponse> CallAsync(TRequest request, ServerCallContext context);

    /// <summary>The items in a response, before anything is taken off.</summary>
    protected abstract IReadOnlyList<TItem> ItemsOf(TResponse response, FhirIds ids);

    /// <summary>A response of these items.</summary>
    protected abstract TResponse Holding(IEnumerable<TItem> items);

    /// <summary>What an item is known by among those of one person; unpruned, and only ever hashed.</summary>
    protected abstract string NameOf(TItem item);

    /// <summary>There is something left to tell. Nothing left is nothing known: what may not be seen is not there (rule R22).</summary>
    protected virtual bool IsThere(TItem item) => item is IMessage message && message.CalculateSize() > 0;

    /// <summary>What was asked that the method does not know of.</summary>
    protected virtual bool Fits(TItem item, FhirRequest asked) => true;

    /// <summary>Its id today; null when it is not the one that is wanted, by an id that was given.</summary>
    protected virtual string? IdOf(TItem item, FhirIds ids, string? wanted) =>
        wanted is null ? ids.Of(Type.Name, NameOf(item)) : ids.Matching(wanted, Type.Name, NameOf(item));

    /// <summary>The item in R4; what is not in the item is not in the resource.</summary>
    protected abstract DomainResource Map(TItem item, FhirSubject subject);

    public async Task<IReadOnlyList<DomainResource>> AnswerAsync(HttpContext http, FhirRequest asked)
    {
        List<(TItem Item, string Id)> kept = [];
        FhirIds? ids = null;
        var context = new FhirCallContext(http, Type.OperationPath);
        await side.CallAsync<TRequest, TResponse>(RequestOf(asked), context, async (request, _) =>
        {
            ids = new FhirIds(await side.IdKeyAsync(context.CancellationToken), side.TermsOf(context), time.GetUtcNow());
            kept = Asked(ItemsOf(await CallAsync(request, context), ids), asked, ids);
            return Holding(kept.Select(k => k.Item));
        });

        var terms = side.TermsOf(context);
        var subject = new FhirSubject(terms, side.HasPatient ? ids!.Of(FhirCatalogue.Patient.Name, "") : null, FhirAnswer.Base(http));
        return [.. kept.Where(k => IsThere(k.Item)).Select(k => Finish(Map(k.Item, subject), k.Id, terms.Partial, ids!))];
    }

    /// <summary>What was not asked for is gone before it counts as disclosed. Ids are made of what the decision may take off afterwards.</summary>
    private List<(TItem Item, string Id)> Asked(IReadOnlyList<TItem> items, FhirRequest asked, FhirIds ids)
    {
        if (asked.Parameters.GetValueOrDefault("patient") is { } patient && ids.Matching(patient, FhirCatalogue.Patient.Name, "") is null)
        {
            return [];
        }

        var wanted = asked.Id ?? asked.Parameters.GetValueOrDefault("_id");
        return [.. items.Where(item => Fits(item, asked)).Select(item => (Item: item, Id: IdOf(item, ids, wanted)))
            .Where(i => i.Id is not null).Select(i => (i.Item, i.Id!))];
    }

    private static DomainResource Finish(DomainResource resource, string id, bool partial, FhirIds ids)
    {
        resource.Id = id;
        resource.Meta = new Meta();
        if (partial)
        {
            resource.Meta.Tag.Add(new Coding("http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "SUBSETTED"));
        }

        resource.Meta.VersionId = ids.VersionOf(FhirJsonSerializer.Default.SerializeToBytes(resource));
        return resource;
    }
}
