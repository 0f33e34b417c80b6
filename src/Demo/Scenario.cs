using System.Text.Json;

namespace Keten.Demo;

/// <summary>A synthetic family, who holds which records, and time-ordered events with the outcome the federation must give (scenario.schema.json).</summary>
public sealed record Scenario(
    string Id, string Title, string Summary, IReadOnlyList<ScenarioParticipant> Participants, IReadOnlyList<ScenarioPerson> Persons,
    IReadOnlyList<ScenarioRecord> Records, IReadOnlyList<ScenarioEvent> Events)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    };

    /// <summary>The scenarios this version carries.</summary>
    public static IReadOnlyList<string> Embedded { get; } =
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Scenarios"), "0*.json").Order(StringComparer.Ordinal)];

    /// <summary>Reads a scenario file, or an embedded one by the start of its name (<c>05</c>).</summary>
    /// <exception cref="ScenarioException">It cannot be read or does not hold together; the message names file, place and what was expected.</exception>
    public static Scenario Load(string nameOrPath)
    {
        var path = File.Exists(nameOrPath) ? nameOrPath
            : Embedded.FirstOrDefault(e => Path.GetFileName(e).StartsWith(nameOrPath, StringComparison.OrdinalIgnoreCase))
            ?? throw new ScenarioException($"{nameOrPath}: no such file, and no scenario here starts with that; see `keten demo --list`");
        try
        {
            using var file = File.OpenRead(path);
            var scenario = JsonSerializer.Deserialize<Scenario>(file, Json) ?? throw new ScenarioException($"{path}: empty");
            scenario.Check(path);
            return scenario;
        }
        catch (JsonException problem)
        {
            throw new ScenarioException($"{path}: line {problem.LineNumber + 1}: not of the format scenario.schema.json describes ({problem.Path})", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ScenarioException($"{path}: cannot be read", problem);
        }
    }

    /// <summary>A participant by its ref.</summary>
    public ScenarioParticipant Participant(string reference) => Participants.First(p => p.Ref == reference);

    /// <summary>A person by its ref.</summary>
    public ScenarioPerson Person(string reference) => Persons.First(p => p.Ref == reference);

    private void Check(string path)
    {
        var organisations = Participants.Select(p => p.Ref).ToHashSet(StringComparer.Ordinal);
        var persons = Persons.Select(p => p.Ref).ToHashSet(StringComparer.Ordinal);
        foreach (var record in Records)
        {
            Require(organisations.Contains(record.Organisation) && persons.Contains(record.Person), $"a record names '{record.Organisation}' and '{record.Person}'");
        }

        foreach (var step in Events)
        {
            Require(organisations.Contains(step.By.Organisation), $"{step.Id}: by '{step.By.Organisation}'");
            Require(step.Person is null || persons.Contains(step.Person), $"{step.Id}: person '{step.Person}'");
            Require(step.Target is null or "gateway" || organisations.Contains(step.Target), $"{step.Id}: target '{step.Target}'");
            Require(step.Kind is "call" ? step is { Target: not null, Category: not null, Operation: not null } : step.Person is not null,
                $"{step.Id}: a call needs target, category and operation; any other kind a person");
        }

        void Require(bool holds, string what)
        {
            if (!holds)
            {
                throw new ScenarioException($"{path}: {what}: expected refs of participants and persons of this scenario");
            }
        }
    }
}

/// <summary>An organisation of the scenario.</summary>
public sealed record ScenarioParticipant(string Ref, string Oin, string Name, string Type, string Region);

/// <summary>A person of the scenario. Fictitious, with a BSN of the test range.</summary>
public sealed record ScenarioPerson(
    string Ref, string Bsn, string GivenNames, string FamilyName, DateOnly BirthDate, string Gender, string HouseholdRole, JsonElement Address,
    string? FamilyNamePrefix = null, bool SecretAddress = false);

/// <summary>What an organisation's own system holds of a person in one category.</summary>
public sealed record ScenarioRecord(string Organisation, string Person, string Category, IReadOnlyDictionary<string, JsonElement> Values);

/// <summary>Who acts.</summary>
public sealed record ScenarioActor(string Organisation, string Role);

/// <summary>One event.</summary>
public sealed record ScenarioEvent(
    string Id, DateTimeOffset At, string Kind, ScenarioActor By, string Purpose, ScenarioExpectation Expect, string Note, string? Person = null,
    string? Target = null, string? Category = null, string? Operation = null, IReadOnlyList<string>? RequestedFields = null,
    IReadOnlyDictionary<string, JsonElement>? Facts = null);

/// <summary>What the federation must answer.</summary>
public sealed record ScenarioExpectation(
    string Decision, string ReasonCode, string? CallerCode = null, IReadOnlyList<string>? Fields = null, IReadOnlyList<string>? Obligations = null,
    IReadOnlyDictionary<string, JsonElement>? Data = null, IReadOnlyList<ScenarioMatch>? Matches = null,
    IReadOnlyList<ScenarioMatch>? MatchesEnded = null);

/// <summary>One organisation learns of another, at a level.</summary>
public sealed record ScenarioMatch(string To, string About, string Level);
