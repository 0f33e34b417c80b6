using System.Net;
using System.Text;
using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Hl7.Fhir.Serialization;
using Keten.Adapters.Sdk.Fhir.Subscriptions;
using Keten.Adapters.Sdk.Tests.Hosting;
using Microsoft.Extensions.Logging;
using static Hl7.Fhir.Model.Subscription;
using Task = System.Threading.Tasks.Task;

namespace Keten.Adapters.Sdk.Tests.Fhir.Subscriptions;

/// <summary>A FHIR client at the case system's door makes, reads, changes and deletes Subscriptions.</summary>
public sealed class SubscriptionTests : IAsyncDisposable
{
    private readonly TheAdapter _adapter = TheAdapter.Start();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        Assert.DoesNotContain(_adapter.Log.Lines, line => line.Level >= LogLevel.Error || line.Text.Contains("s3cret", StringComparison.Ordinal));
        await _adapter.DisposeAsync();
    }

    [Theory]
    [InlineData(ResourceFormat.Json)]
    [InlineData(ResourceFormat.Xml)]
    public async Task A_subscription_is_created_read_listed_and_deleted(ResourceFormat format)
    {
        using var client = _adapter.CaseSystemDoor.Fhir(format);

        var made = (await client.CreateAsync(TheCaseSystem.Some(headers: $"Authorization: {TheCaseSystem.Secret}"), Stop))!;

        Assert.Equal((SubscriptionStatus.Active, "CareTeam?", "Zaaksysteem wijkteam"), (made.Status, made.Criteria, made.Reason));
        Assert.Equal("1", made.Meta!.VersionId);
        Assert.EndsWith($"/fhir/Subscription/{made.Id}/_history/1", client.LastResult!.Location!, StringComparison.Ordinal);
        var read = (await client.ReadAsync<Subscription>($"Subscription/{made.Id}", ct: Stop))!;
        Assert.True(read.IsExactly(made));
        var all = (await client.SearchAsync<Subscription>(new SearchParams(), Stop))!;
        Assert.True(Assert.IsType<Subscription>(Assert.Single(all.Entry).Resource).IsExactly(made));

        await client.DeleteAsync($"Subscription/{made.Id}", Stop);
        Assert.Empty((await client.SearchAsync<Subscription>(new SearchParams(), Stop))!.Entry);
        Assert.Equal(HttpStatusCode.NotFound, (await Assert.ThrowsAsync<FhirOperationException>(() => client.ReadAsync<Subscription>($"Subscription/{made.Id}", ct: Stop))).Status);
        await client.DeleteAsync($"Subscription/{made.Id}", Stop);
    }

    [Fact]
    public async Task The_secret_is_never_given_back_and_the_copy_says_that_it_is_incomplete()
    {
        var body = new FhirJsonSerializer().SerializeToBytes(TheCaseSystem.Some(headers: ["Authorization: " + TheCaseSystem.Secret, "X-Api-Key: s3cret-too"]));
        var (_, created, answer) = await _adapter.CaseSystemDoor.SendAsync("POST", "Subscription", body);
        var path = new Uri(answer.Headers.Location!.OriginalString).AbsolutePath.Split("/fhir/")[1].Split("/_history")[0];
        var (_, read, _) = await _adapter.CaseSystemDoor.SendAsync("GET", path);
        var (_, listed, _) = await _adapter.CaseSystemDoor.SendAsync("GET", "Subscription");

        Assert.All([created, read, listed], text =>
        {
            Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal);
            Assert.Contains("SUBSETTED", text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Metadata_names_Subscription_and_nothing_else()
    {
        using var client = _adapter.CaseSystemDoor.Fhir();
        var statement = (await client.CapabilityStatementAsync(ct: Stop))!;
        var resource = Assert.Single(Assert.Single(statement.Rest).Resource);
        Assert.Equal("Subscription", resource.Type);
        Assert.Equal(["create", "read", "update", "delete", "search-type"], resource.Interaction.Select(i => Hl7.Fhir.Utility.EnumUtility.GetLiteral(i.Code)));
    }

    [Fact]
    public async Task An_update_needs_the_version_it_replaces()
    {
        using var client = _adapter.CaseSystemDoor.Fhir();
        var made = (await client.CreateAsync(TheCaseSystem.Some(), Stop))!;
        var stale = (Subscription)made.DeepCopy();
        (made.Status, made.Criteria, made.End) = (SubscriptionStatus.Requested, "Patient?", ThePermit.Moment.AddDays(1));

        Assert.Equal("FHIR_VERSION_REQUIRED", await ReasonAsync(HttpStatusCode.BadRequest, () => client.UpdateAsync(made, ct: Stop)));
        var changed = (await client.UpdateAsync(made, versionAware: true, Stop))!;
        Assert.Equal(("2", "Patient?", ThePermit.Moment.AddDays(1)), (changed.Meta!.VersionId, changed.Criteria, changed.End));

        stale.Status = SubscriptionStatus.Requested;
        Assert.Equal("FHIR_VERSION_CHANGED", await ReasonAsync(HttpStatusCode.PreconditionFailed, () => client.UpdateAsync(stale, versionAware: true, Stop)));
        stale.Id = "0000000000000000000000000000000000000000";
        Assert.Equal("FHIR_RESOURCE_NOT_FOUND", await ReasonAsync(HttpStatusCode.NotFound, () => client.UpdateAsync(stale, versionAware: true, Stop)));
    }

    [Fact]
    public async Task A_copy_without_its_headers_cannot_be_stored_over_the_whole()
    {
        using var client = _adapter.CaseSystemDoor.Fhir();
        var made = (await client.CreateAsync(TheCaseSystem.Some(headers: "X-Key: s3cret"), Stop))!;
        made.Status = SubscriptionStatus.Requested;
        Assert.Equal("FHIR_UPDATE_SUBSETTED", await ReasonAsync(HttpStatusCode.BadRequest, () => client.UpdateAsync(made, versionAware: true, Stop)));
    }

    [Fact]
    public async Task A_version_that_the_client_has_is_not_sent_again()
    {
        using var client = _adapter.CaseSystemDoor.Fhir();
        var made = (await client.CreateAsync(TheCaseSystem.Some(), Stop))!;
        var (status, text, answer) = await _adapter.CaseSystemDoor.SendAsync("GET", $"Subscription/{made.Id}", with: r => r.Headers.Add("If-None-Match", "W/\"1\""));
        Assert.Equal((HttpStatusCode.NotModified, "", "W/\"1\""), (status, text, answer.Headers.ETag?.ToString()));
    }

    [Fact]
    public async Task One_past_its_end_is_off()
    {
        using var client = _adapter.CaseSystemDoor.Fhir();
        var asked = TheCaseSystem.Some();
        asked.End = ThePermit.Moment.AddHours(1);
        var made = (await client.CreateAsync(asked, Stop))!;
        _adapter.Time.Advance(TimeSpan.FromHours(1));
        var read = (await client.ReadAsync<Subscription>($"Subscription/{made.Id}", ct: Stop))!;
        Assert.Equal((SubscriptionStatus.Off, "2"), (read.Status, read.Meta!.VersionId));
    }

    [Fact]
    public async Task There_are_no_more_than_the_most()
    {
        using var client = _adapter.CaseSystemDoor.Fhir();
        for (var i = 0; i < SubscriptionStore.Most; i++)
        {
            await client.CreateAsync(TheCaseSystem.Some(), Stop);
        }

        Assert.Equal("FHIR_SUBSCRIPTION_TOO_MANY", await ReasonAsync(HttpStatusCode.UnprocessableEntity, () => client.CreateAsync(TheCaseSystem.Some(), Stop)));
    }

    [Fact]
    public async Task The_gateways_door_and_one_that_nobody_marked_have_none_of_it()
    {
        var body = new FhirJsonSerializer().SerializeToBytes(TheCaseSystem.Some());
        foreach (var door in new[] { _adapter.GatewayDoor, _adapter.UnmarkedDoor })
        {
            Assert.Contains("OPERATION_NOT_OFFERED", (await door.SendAsync("GET", "metadata")).Text, StringComparison.Ordinal);
            Assert.Contains("OPERATION_NOT_OFFERED", (await door.SendAsync("GET", "Subscription")).Text, StringComparison.Ordinal);
            Assert.Contains("OPERATION_NOT_OFFERED", (await door.SendAsync("POST", "Subscription", body)).Text, StringComparison.Ordinal);
        }

        Assert.Contains("OPERATION_NOT_OFFERED", (await _adapter.CaseSystemDoor.SendAsync("GET", $"/{ThePermit.Target}/fhir/Patient")).Text, StringComparison.Ordinal);
    }

    private static async Task<string> ReasonAsync(HttpStatusCode status, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<FhirOperationException>(call);
        Assert.Equal(status, refused.Status);
        return Assert.Single(Assert.Single(refused.Outcome!.Issue).Details!.Coding).Code!;
    }
}
