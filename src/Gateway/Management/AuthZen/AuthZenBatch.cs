using System.Text.Json;
using Keten.Gateway.Management.Access;

namespace Keten.Gateway.Management.AuthZen;

/// <summary>Access evaluations (AuthZEN 1.0, section 7): in order, with defaults, until the semantic says enough.</summary>
internal static class AuthZenBatch
{
    private const int MaxEvaluations = 100;

    /// <returns>A list of answers; or one answer when the request has no evaluations and so is an evaluation itself.</returns>
    public static async Task<object> EvaluateAsync(AuthZenDecisions decisions, JsonElement request, Asker asker, string operation, CancellationToken cancellationToken)
    {
        var semantic = SemanticOf(request);
        if (!request.TryGetProperty("evaluations", out var evaluations) || evaluations is { ValueKind: JsonValueKind.Array } && evaluations.GetArrayLength() == 0)
        {
            return await decisions.EvaluateAsync(AuthZenReader.Read(request, default), asker, operation, cancellationToken);
        }

        if (evaluations.ValueKind != JsonValueKind.Array || evaluations.GetArrayLength() > MaxEvaluations)
        {
            throw new AuthZenFaultException($"evaluations: expected a list of at most {MaxEvaluations}");
        }

        // Read and refused as a whole before any is decided: of a request that may not be made nothing is answered or recorded.
        var questions = evaluations.EnumerateArray().Select(evaluation => Read(evaluation, request)).ToList();
        questions.ForEach(read => decisions.RefuseForOthers(read.Question, asker));
        var answers = new List<AuthZenAnswer>();
        foreach (var (question, fault) in questions)
        {
            answers.Add(fault ?? await EvaluateOneAsync(decisions, question!, asker, operation, cancellationToken));
            if (answers[^1].Decision ? semantic == "permit_on_first_permit" : semantic == "deny_on_first_deny")
            {
                break;
            }
        }

        return new { evaluations = answers };
    }

    /// <summary>One that is no evaluation is a no of its own; the others are answered.</summary>
    private static async Task<AuthZenAnswer> EvaluateOneAsync(
        AuthZenDecisions decisions, AuthZenQuestion question, Asker asker, string operation, CancellationToken cancellationToken)
    {
        try
        {
            return await decisions.EvaluateAsync(question, asker, operation, cancellationToken);
        }
        catch (AuthZenFaultException fault) when (fault.Status == StatusCodes.Status400BadRequest)
        {
            return Fault(fault);
        }
    }

    private static (AuthZenQuestion? Question, AuthZenAnswer? Fault) Read(JsonElement evaluation, JsonElement defaults)
    {
        try
        {
            return (AuthZenReader.Read(evaluation, defaults), null);
        }
        catch (AuthZenFaultException fault) when (fault.Status == StatusCodes.Status400BadRequest)
        {
            return (null, Fault(fault));
        }
    }

    private static AuthZenAnswer Fault(AuthZenFaultException fault) =>
        new(false, new AuthZenAnswer.Details(Error: new AuthZenAnswer.Error(fault.Status, fault.Message)));

    private static string SemanticOf(JsonElement request)
    {
        if (!request.TryGetProperty("options", out var options))
        {
            return "execute_all";
        }

        if (options.ValueKind != JsonValueKind.Object)
        {
            throw new AuthZenFaultException("options: expected an object");
        }

        return !options.TryGetProperty("evaluations_semantic", out var semantic) ? "execute_all"
            : semantic.ValueKind == JsonValueKind.String && semantic.GetString() is { } text and ("execute_all" or "deny_on_first_deny" or "permit_on_first_permit") ? text
            : throw new AuthZenFaultException("options.evaluations_semantic: expected execute_all, deny_on_first_deny or permit_on_first_permit");
    }
}
