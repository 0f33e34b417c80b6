using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Keten.Policy.Tests.Support;
using Wasmtime;

namespace Keten.Policy.Tests.Engines;

/// <summary>
/// Two engines, one answer: every case and thousands of generated inputs, wrong types included, through the embedded module and a real OPA
/// server. KETEN_DIFFERENTIAL says how many (default 5000; 100000 for a release), KETEN_DIFFERENTIAL_SEED which.
/// </summary>
public sealed class DifferentialTests(ITestOutputHelper report)
{
    private const int PerRequest = 250;

    // Asks for many decisions in one request: the transport is tested elsewhere, here it is only in the way.
    private const string Wrapper = """
        package differential

        answers[index] := decision if {
          some index, question in input.questions
          decision := data.keten.access.decision with input as question
        }
        """;

    [Fact]
    public async Task Both_engines_answer_every_input_alike()
    {
        var count = Setting("KETEN_DIFFERENTIAL", 5000);
        var seed = Setting("KETEN_DIFFERENTIAL_SEED", 20260301);
        await using var server = await OpaServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(2) };
        (await http.PutAsync("/v1/policies/differential", new StringContent(Wrapper, Encoding.UTF8, "text/plain"), TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        using var engine = new Engine();
        var bundle = PolicyBundle.Embedded();
        using var module = Module.FromBytes(engine, "policy", bundle.Wasm);

        var generator = new Generator();
        var codes = new ConcurrentDictionary<string, int>();
        var differences = new ConcurrentQueue<string>();
        var batches = PolicyCase.All.Select(c => Generator.Write(c.Input)).Chunk(PerRequest).Select(cases => (Func<string[]>)(() => cases))
            .Concat(Enumerable.Range(0, (count + PerRequest - 1) / PerRequest).Select(batch => (Func<string[]>)(() =>
                [.. Enumerable.Range(batch * PerRequest, Math.Min(PerRequest, count - (batch * PerRequest))).Select(n => generator.Input(seed, n))])));
        await Parallel.ForEachAsync(batches, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = TestContext.Current.CancellationToken }, async (batch, token) =>
        {
            var questions = batch();
            var answers = await AskAsync(http, questions, token);
            using var instance = new WasmInstance(engine, module, bundle.Data);
            for (var i = 0; i < questions.Length; i++)
            {
                var embedded = Result(instance.Evaluate(0, Encoding.UTF8.GetBytes(questions[i])));
                var opa = answers.TryGetProperty(i.ToString(CultureInfo.InvariantCulture), out var answer) ? answer : default;
                codes.AddOrUpdate(embedded.GetProperty("reason_code").GetString()!, 1, (_, n) => n + 1);
                if (opa.ValueKind == JsonValueKind.Undefined || !JsonElement.DeepEquals(embedded, opa))
                {
                    differences.Enqueue($"{questions[i]}\n  embedded {embedded}\n  opa      {opa}");
                }
            }
        });

        report.WriteLine($"{codes.Values.Sum()} inputs (192 cases and {count} generated, seed {seed}), {differences.Count} differences; by reason:");
        foreach (var (code, times) in codes.OrderByDescending(c => c.Value))
        {
            report.WriteLine($"  {times,7}  {code}");
        }

        Assert.Empty(differences.Take(10));
        Assert.Equal(PolicyCase.All.Count + count, codes.Values.Sum());

        // Otherwise the generator only knocks at the first door.
        Assert.True(codes.Count > (count >= 5000 ? 20 : 5), $"only {codes.Count} different reasons were reached");
    }

    private static JsonElement Result(ReadOnlySpan<byte> resultSet)
    {
        var reader = new Utf8JsonReader(resultSet);
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement[0].GetProperty("result").Clone();
    }

    private static async Task<JsonElement> AskAsync(HttpClient http, string[] questions, CancellationToken cancellationToken)
    {
        using var body = new StringContent("{\"input\":{\"questions\":[" + string.Join(',', questions) + "]}}", Encoding.UTF8, "application/json");
        using var response = await http.PostAsync("/v1/data/differential/answers", body, cancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("result");
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
