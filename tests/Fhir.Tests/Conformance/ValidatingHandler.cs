namespace Keten.Fhir.Tests.Conformance;

/// <summary>Fails the call, and so its test, that gets an answer which is not valid R4.</summary>
internal sealed class ValidatingHandler(R4Validator validator) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        await answer.Content.LoadIntoBufferAsync(cancellationToken);
        var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        if (body.Length > 0)
        {
            var problems = await validator.ProblemsAsync(answer.Content.Headers.ContentType?.ToString(), body, cancellationToken);
            Assert.True(problems.Count == 0, $"{request.Method} {request.RequestUri} gave what is not valid R4:\n{string.Join('\n', problems)}\n{System.Text.Encoding.UTF8.GetString(body)}");
        }

        return answer;
    }
}
