using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Keten.Fhir.Tests.Conformance;

/// <summary>
/// Holds FHIR content to the definitions of R4: with Hl7.Fhir.R4 at its strictest (<see cref="StrictR4"/>), and with what <c>eng/npm/fhir-validate.mjs</c> names, where
/// that is installed.
/// </summary>
public sealed class R4Validator : IAsyncDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Process? _node;
    private readonly StreamWriter? _input;
    private readonly Task<string> _errors;
    private readonly SemaphoreSlim _turn = new(1);
    private bool _ready;

    private R4Validator(Process? node)
    {
        _node = node;
        _input = node is null ? null : new StreamWriter(node.StandardInput.BaseStream, Utf8) { AutoFlush = true };
        _errors = node?.StandardError.ReadToEndAsync() ?? Task.FromResult("");
    }

    /// <summary>How many bodies were held to the definitions so far.</summary>
    public int Judged { get; private set; }

    /// <summary>Begins to load the definitions, which takes a second or two; asking waits for it.</summary>
    public static R4Validator Start() => new(NodeTools.Missing is null ? NodeTools.Start("fhir-validate.mjs") : null);

    /// <summary>What is wrong with it; empty when it is valid.</summary>
    public async Task<IReadOnlyList<string>> ProblemsAsync(string? contentType, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            Judged++;
            var text = Utf8.GetString(body.Span);
            return [.. StrictR4.Problems(contentType, text), .. _node is null ? [] : await AskAsync(new { contentType, body = text })];
        }
        catch (DecoderFallbackException)
        {
            return ["not UTF-8"];
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
        {
            _input!.Close();
            await _node.WaitForExitAsync();
            _node.Dispose();
        }

        _turn.Dispose();
    }

    private async Task<string[]> AskAsync(object question)
    {
        // Not the caller's token: who hangs up in the middle would leave an answer for the next.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        if (!_ready)
        {
            _ready = await LineAsync(limit.Token) == "ready";
        }

        await _input!.WriteLineAsync(JsonSerializer.Serialize(question).AsMemory(), limit.Token);
        return JsonSerializer.Deserialize<string[]>(await LineAsync(limit.Token))!;
    }

    private async Task<string> LineAsync(CancellationToken cancellationToken) =>
        await _node!.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException($"fhir-validate.mjs ended: {await _errors}");
}
