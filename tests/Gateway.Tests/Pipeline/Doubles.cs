using System.Collections.Concurrent;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.Gateway.Involvement;
using Keten.Policy;
using Keten.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace Keten.Gateway.Tests.Pipeline;

/// <summary>A policy engine that answers as the test says.</summary>
internal sealed class TheEngine : IPolicyEngine
{
    public Func<PolicyInput, CancellationToken, ValueTask<PolicyDecision>> Answer { get; set; } = (_, _) => ValueTask.FromResult(Calls.Allowed);

    public PolicyInput? Asked { get; private set; }

    public string Revision => "r1";

    public ValueTask<PolicyDecision> DecideAsync(PolicyInput input, CancellationToken cancellationToken)
    {
        Asked = input;
        return Answer(input, cancellationToken);
    }

    public ValueTask<InvolvementVisibility> VisibilityAsync(string viewerType, string holderType, string purpose, bool shielded, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}

/// <summary>A decision log in memory, that fails as the test says.</summary>
internal sealed class TheLog : IDecisionLog
{
    private readonly ConcurrentQueue<LogRecord> _records = new();

    public Func<LogRecord, CancellationToken, Exception?> Fault { get; set; } = (_, _) => null;

    public IReadOnlyList<DecisionRecord> Decisions => [.. _records.Select(r => r.Decision).OfType<DecisionRecord>()];

    public IReadOnlyList<OutcomeRecord> Outcomes => [.. _records.Select(r => r.Outcome).OfType<OutcomeRecord>()];

    public ValueTask AppendAsync(LogRecord record, CancellationToken cancellationToken)
    {
        if (Fault(record, cancellationToken) is { } fault)
        {
            return ValueTask.FromException(fault);
        }

        cancellationToken.ThrowIfCancellationRequested();
        _records.Enqueue(record);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Who is involved, as the test says.</summary>
internal sealed class TheView(bool caller = false, bool target = false, bool invited = false) : IInvolvementView
{
    public bool IsComplete { get; init; } = true;

    public bool IsInvolved(Oin organisation, Pseudonym person, string purpose) => organisation == Calls.Wijkteam.Oin ? caller : target;

    public bool IsInvited(Oin organisation, Pseudonym person, string purpose) => organisation == Calls.Wijkteam.Oin && invited;
}

/// <summary>What an operator would read.</summary>
internal sealed class TheLogger<T> : ILogger<T>
{
    private readonly ConcurrentQueue<(LogLevel Level, int Id, string Text, Exception? Exception)> _lines = new();

    public IReadOnlyList<(LogLevel Level, int Id, string Text, Exception? Exception)> Lines => [.. _lines];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((logLevel, eventId.Id, formatter(state, exception), exception));
}
