using System.Text.Json;

namespace Keten.Gateway.Management.AuthZen;

/// <summary>Access evaluations (AuthZEN 1.0, section 7): in order, with defaults, until the semantic says enough.</summary>
internal static class AuthZenBatch
{
    private const int MaxEvaluations = 100;

    /// <returns>A list of answers; or one answer when the request has no evaluations and so is an evaluation itself.</returns>
    public static async Task<object> EvaluateAsync(AuthZenDecisions decisions, JsonElement request, string operation, CancellationToken cancellationToken)
    {
        var semantic = SemanticOf(request);
        if (!request.TryGetProperty("evaluations", out var evaluations) || evaluations is { ValueKind: JsonValueKind.Array } && evaluations.GetArrayLength() == 0)
        {
            return await decisions.EvaluateAsync(AuthZenReader.Read(request, default), operation, cancellationToken);
        }

        if (evaluations.ValueKind != JsonValueKind.Array || evaluations.GetArrayLength() > MaxEvaluations)
        {
            throw new AuthZenFaultException($"evaluations: expected a list of at most {MaxEvaluations}");
        }

        var answers = new List<AuthZenAnswer>();
        foreach (var evaluation in evaluations.EnumerateArray())
        {
            answers.Add(await EvaluateOneAsync(decisions, evaluation, request, operation, cancellationToken));
            if (answers[^1].Decision ? semantic == "permit_on_first_permit" : semantic == "deny_on_first_deny")
            {
                break;
            }
        }

        return new { evaluations = answers };
    }

    /// <summary>One that is no evaluation is a no of its own; the others are answered.</summary>
    private static async Task<AuthZenAnswer> EvaluateOneAsync(
        AuthZenDecisions decisions, JsonElement evaluation, JsonElement defaults, string operation, CancellationToken cancellationToken)
    {
        try
        {
            return await decisions.EvaluateAsync(AuthZenReader.Read(evaluation, defaults), operation, cancellationToken);
        }
        catch (AuthZenFaultException fault) when (fault.Status == StatusCodes.Status400BadRequest)
        {
            return new AuthZenAnswer(false, new AuthZenAnswer.Details(Error: new AuthZenAnswer.Error(fault.Status, fault.Message)));
        }
    }

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
