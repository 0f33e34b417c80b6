using System.Text.RegularExpressions;

namespace Keten.Conventions.Tests;

/// <summary>
/// What the pages say of options, headers and log messages is what the code has. Tables stand between <c>generated</c> and <c>end</c> comments; run these
/// tests with KETEN_WRITE_DOCS=1 to have them written anew.
/// </summary>
public sealed partial class GeneratedTableTests
{
    private const string ConfigurationPage = "docs/configuration.md";

    private static readonly Dictionary<string, (string Page, Func<string> Make)> Tables = new(StringComparer.Ordinal)
    {
        ["GatewayOptions"] = (ConfigurationPage, () => GeneratedTables.Options("src/Gateway/GatewayOptions.cs", "Federation", "DecisionLog", "Kafka", "Operators")),
        ["OperatorOptions"] = (ConfigurationPage, () => GeneratedTables.Options("src/Gateway/Management/Access/OperatorOptions.cs")),
        ["AdapterOptions"] = (ConfigurationPage, () => GeneratedTables.Options("src/Adapters/Sdk/Hosting/AdapterOptions.cs", "Federation", "Kafka", "Webhook", "Pseudonyms", "Witness")),
        ["WebhookOptions"] = (ConfigurationPage, () => GeneratedTables.Options("src/Adapters/Sdk/Webhook/WebhookOptions.cs")),
        ["PseudonymSourceOptions"] = (ConfigurationPage, () => GeneratedTables.Options("src/Client/Pseudonyms/PseudonymSourceOptions.cs")),
        ["EvaluatorOptions"] = (ConfigurationPage, () => GeneratedTables.Options("src/Pseudonyms/EvaluatorOptions.cs", "Federation")),
        ["FederationOptions"] = (ConfigurationPage, () => GeneratedTables.Options("src/Identity/FederationOptions.cs")),
        ["PolicyOptions"] = (ConfigurationPage, () => GeneratedTables.Options("src/Policy/Activation/PolicyOptions.cs")),
        ["EventsOptions"] = (ConfigurationPage, () => GeneratedTables.Options("src/Events/EventsOptions.cs")),
        ["DecisionLogOptions"] = (ConfigurationPage, () => GeneratedTables.Options("src/DecisionLog/DecisionLogOptions.cs")),
        ["CheckpointOptions"] = (ConfigurationPage, () => GeneratedTables.Options("src/DecisionLog/Checkpoints/CheckpointOptions.cs", "Witnesses")),
        ["TrustedWitness"] = (ConfigurationPage, () => GeneratedTables.Options("src/DecisionLog/Checkpoints/TrustedWitness.cs")),
        ["WitnessOptions"] = (ConfigurationPage, () => GeneratedTables.Options("src/Adapters/Sdk/Witness/WitnessOptions.cs")),
        ["KetenClientOptions"] = (ConfigurationPage, () => GeneratedTables.Options("src/Client/KetenClientOptions.cs")),
        ["Headers"] = ("docs/for-case-systems.md", GeneratedTables.Headers),
        ["Metrics"] = ("docs/operations.md", GeneratedTables.Metrics),
        ["LogEvents"] = ("docs/operations.md", GeneratedTables.LogEvents),
    };

    public static TheoryData<string> Names => [.. Tables.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_table_in_the_docs_is_what_the_code_says(string name)
    {
        var (file, make) = Tables[name];
        var page = Repository.Read(file);
        var place = Place(name).Match(page);
        Assert.True(place.Success, $"{file} has no place for the table: <!-- generated: {name} --> and, below it, <!-- end -->.");

        var made = make();
        if (Environment.GetEnvironmentVariable("KETEN_WRITE_DOCS") == "1")
        {
            var table = place.Groups["table"];
            File.WriteAllText(Path.Combine(Repository.Root, file), page[..table.Index] + made + page[(table.Index + table.Length)..]);
            return;
        }

        Assert.True(place.Groups["table"].Value.Replace("\r\n", "\n", StringComparison.Ordinal) == made,
            $"The table {name} of {file} is not what the code says. Run the tests of this project once with KETEN_WRITE_DOCS=1, and read the difference.\n{made}");
    }

    [Fact]
    public void The_configuration_page_knows_every_class_of_options()
    {
        var page = Repository.Read(ConfigurationPage);

        Broken.None(Repository.Files("src", "Options.cs").Select(file => Path.GetFileNameWithoutExtension(file))
            .Where(name => !page.Contains(name, StringComparison.Ordinal))
            .Select(name => $"{ConfigurationPage} does not say where the options of {name} come from"));
    }

    [Fact]
    public void The_configuration_page_knows_every_key_that_is_read_by_name()
    {
        var page = Repository.Read(ConfigurationPage);

        Broken.None(
            from file in Repository.Files("src", ".cs")
            from Match key in NamedKey().Matches(Repository.Read(file))
            where !page.Contains($"`{key.Groups["key"].Value}`", StringComparison.Ordinal)
            select $"{ConfigurationPage} does not name {key.Groups["key"].Value}, which {file} reads");
    }

    [Fact]
    public void A_log_message_has_a_number_of_its_own() => Broken.None(
        GeneratedTables.AllLogEvents().GroupBy(e => e.Id).Where(g => g.Count() > 1)
            .Select(g => $"event {g.Key} is used more than once: {string.Join(", ", g.Select(e => e.File))}"));

    [Fact]
    public void Every_instrument_is_found_and_has_a_name_of_its_own()
    {
        var created = Repository.Files("src", ".cs").Sum(file => Create().Count(Repository.Read(file)));
        var names = GeneratedTables.AllInstruments().Select(i => i.Name).ToList();

        Assert.Equal(created, names.Count);
        Assert.Equal(names.Count, names.Distinct(StringComparer.Ordinal).Count());
    }

    [GeneratedRegex(@"\.Create(?:Observable)?(?:Counter|Gauge|Histogram|UpDownCounter)(?:<\w+>)?\(")]
    private static partial Regex Create();

    private static Regex Place(string name) => new($"<!-- generated: {name} -->\r?\n(?<table>.*?)<!-- end -->", RegexOptions.Singleline);

    [GeneratedRegex("Configuration\\[\"(?<key>[^\"]+)\"\\]")]
    private static partial Regex NamedKey();
}
