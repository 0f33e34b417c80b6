using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Keten.Fhir.Tests;

/// <summary>A BSN may stand in a URL that is refused; what the gateway then logs, its own tests read.</summary>
[Collection(nameof(FhirFederation))]
public sealed class RequestUrlsTests(FhirFederation running)
{
    [Theory]
    [InlineData("gateway")]
    [InlineData("gemeente")]
    public void The_log_of_every_host_has_no_urls(string host)
    {
        var filters = running.Federation.Hosts[host].Services.GetRequiredService<IOptions<LoggerFilterOptions>>().Value;
        Assert.All(
            ["Microsoft.AspNetCore.Hosting.Diagnostics", "Microsoft.AspNetCore.Routing", "Microsoft.AspNetCore.Server.Kestrel.BadRequests", "Yarp"],
            category => Assert.Contains(filters.Rules, rule => rule.ProviderName is null && rule.CategoryName == category && rule.LogLevel == LogLevel.Warning));
    }
}
