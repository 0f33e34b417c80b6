using Keten.Contracts;
using Keten.Gateway.Decisions;
using Keten.Gateway.Involvement;
using Keten.Gateway.Pipeline;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

namespace Keten.Gateway.Routing;

/// <summary>YARP, configured by the participant registry.</summary>
internal static class RoutingRegistration
{
    public static IServiceCollection AddTargetRouting(this IServiceCollection services)
    {
        services.AddSingleton<IProxyConfigProvider, ParticipantProxyConfig>();
        services.AddSingleton<PermitWriter>();
        services.AddSingleton<TargetRouting>();
        services.AddReverseProxy()
            .AddTransforms(context =>
            {
                // The organisation behind the gateway learns who calls from the permit, not from X-Forwarded headers.
                context.UseDefaultForwarders = false;
                context.AddResponseTransform(answer =>
                {
                    // What only the gateway may say is not taken from the other side.
                    answer.HttpContext.Response.Headers[KetenHeaders.TransactionId] = answer.HttpContext.Request.Headers[KetenHeaders.TransactionId];
                    RemoveNotTheirs(answer.HttpContext.Response.Headers);
                    if (answer.HttpContext.Features.Get<Call>()!.Decision is { } decision)
                    {
                        AnswerLabels.Write(decision, answer.HttpContext.Response.Headers);
                    }

                    return ValueTask.CompletedTask;
                });

                // The last moment before the caller hears that it is done: YARP completes the answer after this.
                var invitations = context.Services.GetRequiredService<Invitations>();
                context.AddResponseTrailersTransform(end =>
                {
                    var trailers = end.HttpContext.Features.Get<IHttpResponseTrailersFeature>()!.Trailers;
                    RemoveNotTheirs(trailers);
                    trailers.Remove(KetenHeaders.TransactionId);
                    var call = end.HttpContext.Features.Get<Call>()!;
                    return call.Operation is null ? ValueTask.CompletedTask : invitations.NoteAsync(call);
                });
            });
        services.AddSingleton<Yarp.ReverseProxy.Forwarder.IForwarderHttpClientFactory, FederationHttpClientFactory>();
        return services;
    }

    /// <summary>What an adapter may not say to a caller: what only the gateway says, and what would make the caller's client remember things
    /// or follow it elsewhere, past the gateway, with the headers of the question.</summary>
    private static void RemoveNotTheirs(IHeaderDictionary headers)
    {
        foreach (var name in headers.Keys.Where(n => n.StartsWith(KetenHeaders.DecisionPrefix, StringComparison.OrdinalIgnoreCase)
            || n.Equals("set-cookie", StringComparison.OrdinalIgnoreCase) || n.Equals("alt-svc", StringComparison.OrdinalIgnoreCase)
            || n.Equals("location", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            headers.Remove(name);
        }
    }
}
