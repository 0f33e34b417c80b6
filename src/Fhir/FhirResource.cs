using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Keten.Contracts.Fhir;
using Microsoft.AspNetCore.Http;
using Task = System.Threading.Tasks.Task;

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

    /// <summary>There is something left to tell.</summary>
    protected virtual bool IsThere(TItem item) => item is IMessage message && message.CalculateSize() > 0;

    /// <summary>What was asked that the method does not know of.</summary>
    protected virtual bool Fits(TItem item, FhirRequest asked) => true;

    /// <summary>Its id today; null when it is not the one that is wanted, by an id that was given.</summary>
    protected virtual string? IdOf(TItem item, string name, FhirIds ids, string? wanted) =>
        wanted is null ? ids.Of(Type.Name, name) : ids.Matching(wanted, Type.Name, name);

    /// <summary>When it last changed; null when the source does not tell.</summary>
    protected virtual DateTimeOffset? LastUpdatedOf(DomainResource resource) => null;

    /// <summary>The item in R4; what is not in the item is not in the resource.</summary>
    protected abstract DomainResource Map(TItem item, FhirSubject subject);

    /// <inheritdoc/>
    public async Task<FhirFound> AnswerAsync(HttpContext http, FhirRequest asked)
    {
        List<(TItem Item, string Name, string Id)> kept = [];
        FhirIds? ids = null;
        var (total, more) = (0, false);
        var context = new FhirCallContext(http, Type.OperationPath);
        await side.CallAsync<TRequest, TResponse>(RequestOf(asked), context, async (request, _) =>
        {
            ids = new FhirIds(await side.IdKeyAsync(context.CancellationToken), side.TermsOf(context), time.GetUtcNow());
            var all = Asked(Named(ItemsOf(await CallAsync(request, context), ids).Where(item => IsSeen(item, context, ids))), asked, ids);
            var first = FirstOf(all, asked, ids);
            kept = all.GetRange(first, asked.Summary == FhirSummary.Count ? 0 : Math.Min(asked.Count, all.Count - first));
            (total, more) = (all.Count, first + kept.Count < all.Count);
            return Holding(kept.Select(k => k.Item));
        });

        var terms = side.TermsOf(context);
        var subject = new FhirSubject(terms, side.HasPatient ? ids!.Of(FhirCatalogue.Patient.Name, "") : null, FhirAnswer.Base(http));
        return new FhirFound([.. kept.Select(k => Finish(Map(k.Item, subject), k.Id, terms.Partial, ids!))], total, more, terms);
    }

    /// <inheritdoc/>
    public virtual Task UpdateAsync(HttpContext http, FhirRequest asked, byte[] body) => throw new NotSupportedException($"{Type.Name} has no UpdatePath.");

    /// <summary>Calls the method of the update, for the one resource of this type that the person has.</summary>
    protected Task HandOverAsync<TUpdate, TUpdated>(HttpContext http, FhirRequest asked, TUpdate update, UnaryServerMethod<TUpdate, TUpdated> method)
        where TUpdate : class
        where TUpdated : class
    {
        var context = new FhirCallContext(http, Type.UpdatePath!);
        return side.CallAsync<TUpdate, TUpdated>(update, context, async (request, _) =>
        {
            var ids = new FhirIds(await side.IdKeyAsync(context.CancellationToken), side.TermsOf(context), time.GetUtcNow());
            return ids.Matching(asked.Id!, Type.Name, "") is null ? throw side.Refusing(FhirRefusals.ResourceNotFound) : await method(request, context);
        });
    }

    /// <summary>Of what may not be seen nothing is left: it is not there, neither in a page nor in a count (rule R22).</summary>
    private bool IsSeen(TItem item, FhirCallContext context, FhirIds ids)
    {
        var alone = Holding([item]).Clone();
        side.Prune(context, alone);
        return ItemsOf(alone, ids).Any(IsThere);
    }

    /// <summary>What has the same name as one before is numbered, in the order of the source: two resources never share an id, or a page would go round.</summary>
    private IEnumerable<(TItem Item, string Name)> Named(IEnumerable<TItem> items)
    {
        var count = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            var name = NameOf(item);
            var number = count[name] = count.GetValueOrDefault(name) + 1;
            yield return (item, number == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name} {number}"));
        }
    }

    /// <summary>What was not asked for is gone before it counts as disclosed. Ids are made of what the decision may take off afterwards.</summary>
    private List<(TItem Item, string Name, string Id)> Asked(IEnumerable<(TItem Item, string Name)> items, FhirRequest asked, FhirIds ids)
    {
        if (asked.Parameters.GetValueOrDefault("patient") is { } patient && ids.Matching(patient, FhirCatalogue.Patient.Name, "") is null)
        {
            return [];
        }

        var wanted = asked.Id ?? asked.Parameters.GetValueOrDefault("_id");
        return [.. items.Where(i => Fits(i.Item, asked)).Select(i => (i.Item, i.Name, Id: IdOf(i.Item, i.Name, ids, wanted)))
            .Where(i => i.Id is not null).Select(i => (i.Item, i.Name, i.Id!))];
    }

    /// <summary>A page goes on after the last of the one before, wherever that is now: nothing is given twice or passed over when something came or went.</summary>
    private int FirstOf(List<(TItem Item, string Name, string Id)> all, FhirRequest asked, FhirIds ids)
    {
        if (asked.After is not { } after)
        {
            return 0;
        }

        var last = all.FindIndex(i => IdOf(i.Item, i.Name, ids, after) is not null);
        return last >= 0 ? last + 1 : throw side.Refusing(FhirRefusals.PageGone);
    }

    private DomainResource Finish(DomainResource resource, string id, bool partial, FhirIds ids)
    {
        resource.Id = id;
        resource.Meta = new Meta { LastUpdated = LastUpdatedOf(resource) };
        if (partial)
        {
            // R4 has it as a tag; whoever reads security labels only is told there.
            resource.Meta.Tag.Add(FhirLabels.Subsetted);
            resource.Meta.Security.Add(FhirLabels.Subsetted);
        }

        resource.Meta.VersionId = ids.VersionOf(FhirJsonSerializer.Default.SerializeToBytes(resource));
        return resource;
    }
}
