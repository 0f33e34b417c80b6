using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keten.Telemetry;

/// <summary>URLs stay out of the log. One that is refused may hold the very BSN or pseudonym it is refused for.</summary>
public static class RequestUrls
{
    // What writes a URL or a path below Warning, by the longest name that says no more than that.
    private static readonly string[] Categories =
        ["Microsoft.AspNetCore.Hosting.Diagnostics", "Microsoft.AspNetCore.Routing", "Microsoft.AspNetCore.Server.Kestrel.BadRequests", "Yarp"];

    /// <summary>Holds for all providers, and comes after configuration: no setting puts them in again.</summary>
    public static IServiceCollection KeepUrlsOutOfLogs(this IServiceCollection services) => services.PostConfigure<LoggerFilterOptions>(filters =>
    {
        // A rule for one provider is stronger than any for all: each provider that has one gets these too.
        string?[] providers = [.. filters.Rules.Select(rule => rule.ProviderName).Append(null).Distinct()];
        foreach (var category in Categories)
        {
            foreach (var rule in filters.Rules.Where(rule => rule.CategoryName?.StartsWith(category, StringComparison.OrdinalIgnoreCase) == true).ToList())
            {
                filters.Rules.Remove(rule);
            }

            foreach (var provider in providers)
            {
                filters.Rules.Add(new LoggerFilterRule(provider, category, LogLevel.Warning, filter: null));
            }
        }
    });
}
