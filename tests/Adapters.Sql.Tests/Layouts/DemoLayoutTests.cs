using Google.Protobuf;
using Google.Protobuf.Collections;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sql.Tests.Support;
using Keten.Contracts.Catalogue;
using Keten.Demo.Layouts;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Keten.Adapters.Sql.Tests.Layouts;

public sealed class DemoLayoutTests(PostgreSqlCluster postgres) : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string, int> LayoutsAndSeeds =>
        new(DemoLayout.All.SelectMany(l => new[] { 1, 2, 3 }.Select(seed => (l.Name, seed))));

    public static TheoryData<string> Layouts => new(DemoLayout.All.Select(l => l.Name));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(LayoutsAndSeeds))]
    public async Task Every_client_comes_back_through_the_ports_as_it_went_in(string layout, int seed)
    {
        var clients = new RandomClients(layout, seed).Take(120).ToList();
        await using var source = await StartAsync(Layout(layout), clients);

        await AssertComesBackAsync(source, clients);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task Every_client_comes_back_from_postgresql_as_well(string layout)
    {
        var clients = new RandomClients(layout, 4).Take(120).ToList();
        var database = _folder.File("casus.db");
        await Layout(layout).CreateAsync(database, clients, TestContext.Current.CancellationToken);
        var connection = await postgres.CreateDatabaseAsync();
        await CopyAsync(database, Layout(layout).Schema, connection);
        var mapping = _folder.Write("mapping.yaml", Layout(layout).Mapping.Replace("kind: sqlite", "kind: postgresql", StringComparison.Ordinal));
        await using var source = await RunningSource.StartAsync(SqlMapping.Load(mapping, _ => connection.Replace("Pooling=false", "Maximum Pool Size=4", StringComparison.Ordinal)));

        await AssertComesBackAsync(source, clients);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task A_changed_address_is_read_at_once(string layout)
    {
        var clients = new List<DemoClient> { new("c1", The.Bsn(1)) { Naw = new Dictionary<string, object> { ["street"] = "Singel" } } };
        await using var source = await StartAsync(Layout(layout), clients);
        Assert.Equal("Singel", (await source.Person.GetAsync("c1", TestContext.Current.CancellationToken))!.Street);

        var changes = new Dictionary<string, object?> { ["street"] = "Molenpad", ["phone"] = "06-00000101", ["secret_address"] = true };
        await Layout(layout).UpdatePersonAsync(_folder.File("casus.db"), "c1", changes, TestContext.Current.CancellationToken);

        var person = await source.Person.GetAsync("c1", TestContext.Current.CancellationToken);
        Assert.Equal(new Person { Street = "Molenpad", Phone = "06-00000101", SecretAddress = true }, person);
        Assert.True((await source.Facts.GetAsync("c1", TestContext.Current.CancellationToken)).SecretAddress);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task A_field_the_catalogue_has_not_is_refused_without_its_value(string layout)
    {
        var clients = new List<DemoClient> { new("c1", The.Bsn(1)) { Naw = new Dictionary<string, object> { ["birth_date"] = "gisteren" } } };

        var fault = await Assert.ThrowsAsync<ArgumentException>(
            () => Layout(layout).CreateAsync(_folder.File("casus.db"), layout == "Wijkteam" ? [new("c1", null) { Naw = new Dictionary<string, object> { ["x"] = "gisteren" } }] : clients, TestContext.Current.CancellationToken));

        Assert.DoesNotContain("gisteren", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gemeente", "Gemeente")]
    [InlineData("wijkteam", "Wijkteam")]
    [InlineData("veilig-thuis", "VeiligThuis")]
    [InlineData("een-nieuw-soort", "Wijkteam")]
    public void Every_organisation_type_has_a_layout(string type, string layout) => Assert.Equal(layout, DemoLayout.For(type).Name);

    private static DemoLayout Layout(string name) => DemoLayout.All.Single(l => l.Name == name);

    private async Task<RunningSource> StartAsync(DemoLayout layout, IEnumerable<DemoClient> clients)
    {
        var (database, mapping) = (_folder.File("casus.db"), _folder.File("mapping.yaml"));
        await layout.CreateAsync(database, clients, TestContext.Current.CancellationToken);
        await layout.WriteMappingAsync(mapping, database, TestContext.Current.CancellationToken);
        return await RunningSource.StartAsync(mapping);
    }

    private static async Task AssertComesBackAsync(RunningSource source, List<DemoClient> clients)
    {
        var token = TestContext.Current.CancellationToken;
        foreach (var client in clients)
        {
            Assert.Equal(Message<Person>(client.Naw), await source.Person.GetAsync(client.ClientId, token));
            Assert.Equal(client.Household.Select(Message<HouseholdRelation>), await source.Household.GetAsync(client.ClientId, token));
            Assert.Equal(
                client.Involvements.Select(Message<Involvement>).OrderByDescending(i => i.StartedOn, StringComparer.Ordinal),
                await source.Involvement.GetAsync(client.ClientId, token));
            Assert.Equal(client.Plan.Select(Message<PlanItem>), source.Services.GetService<IPlanSource>() is { } plan ? await plan.GetAsync(client.ClientId, token) : []);
            Assert.Equal(
                client.CrisisIntakes.Select(Message<CrisisIntake>).OrderByDescending(i => i.ReceivedAt, StringComparer.Ordinal),
                source.Services.GetService<ICrisisIntakeSource>() is { } intakes ? await intakes.GetAsync(client.ClientId, token) : []);
            AssertFacts(client, await source.Facts.GetAsync(client.ClientId, token));
        }

        var all = await source.Clients.ReadAllAsync(token).ToListAsync(token);
        Assert.Equal(
            clients.Where(c => c.Bsn is not null).Select(c => (c.ClientId, c.Bsn!)).Order(),
            all.Select(c => (c.ClientId, c.Bsn)).Order());
        Assert.DoesNotContain(source.Logs.Lines, l => l.Level >= LogLevel.Warning);
    }

    private static void AssertFacts(DemoClient client, PersonFacts facts)
    {
        var naw = Message<Person>(client.Naw);
        Assert.Equal(client.Facts.SecretAddress ?? (naw.HasSecretAddress ? naw.SecretAddress : null), facts.SecretAddress);
        Assert.Equal(client.Facts.InspectionRestricted, facts.InspectionRestricted);
        Assert.Equal(client.Facts.ChildObjects, facts.ChildObjects);
        Assert.Equal(client.Facts.BirthDate ?? (naw.HasBirthDate ? DateOnly.Parse(naw.BirthDate) : null), facts.BirthDate);
        Assert.Equal(client.Facts.Consent, facts.Consent);
        Assert.Equal(client.Facts.States.Order(Comparer), facts.States.Order(Comparer));
    }

    private static IComparer<KeyValuePair<string, bool>> Comparer { get; } =
        System.Collections.Generic.Comparer<KeyValuePair<string, bool>>.Create((a, b) => string.CompareOrdinal(a.Key, b.Key));

    // Through descriptors, so that the test does not share the way the connector sets fields.
    private static T Message<T>(IReadOnlyDictionary<string, object> values)
        where T : IMessage<T>, new()
    {
        var message = new T();
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (OperationCatalogue.DataFieldName(field) is { } name && values.TryGetValue(name, out var value))
            {
                if (field.IsRepeated)
                {
                    ((RepeatedField<string>)field.Accessor.GetValue(message)).Add((string[])value);
                }
                else
                {
                    field.Accessor.SetValue(message, value);
                }
            }
        }

        return message;
    }

    private static async Task CopyAsync(string database, string schema, string connection)
    {
        await PostgreSqlCluster.ExecuteAsync(connection, schema);
        await using var source = new SqliteConnection($"Data Source={database};Pooling=false");
        await source.OpenAsync(TestContext.Current.CancellationToken);
        await using var target = new NpgsqlConnection(connection);
        await target.OpenAsync(TestContext.Current.CancellationToken);
        await using var tables = new SqliteCommand("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'contact_kind' ORDER BY rowid", source);
        await using var names = await tables.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await names.ReadAsync(TestContext.Current.CancellationToken))
        {
            await using var rows = await new SqliteCommand($"SELECT * FROM {names.GetString(0)}", source).ExecuteReaderAsync(TestContext.Current.CancellationToken);
            while (await rows.ReadAsync(TestContext.Current.CancellationToken))
            {
                await using var insert = new NpgsqlCommand(
                    $"INSERT INTO {names.GetString(0)} ({string.Join(',', Enumerable.Range(0, rows.FieldCount).Select(rows.GetName))}) VALUES ({string.Join(',', Enumerable.Range(1, rows.FieldCount).Select(i => $"${i}"))})", target);
                for (var i = 0; i < rows.FieldCount; i++)
                {
                    insert.Parameters.Add(new NpgsqlParameter { Value = rows.GetValue(i) });
                }

                await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            }
        }
    }
}
