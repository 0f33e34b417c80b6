using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Keten.Adapters.Fhir.Mapping;

namespace Keten.Adapters.Fhir.Server;

/// <summary>
/// Between the FHIR client and the network: adds the token, and lets only answers through that are 200, JSON and within the limit. An error of the server is
/// thus never read as "nothing found", and its text, which may quote a person's data, is never read at all.
/// </summary>
internal sealed class AnswerGuard(ServerSettings settings, HttpMessageHandler network) : DelegatingHandler(network)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (settings.TokenFile is { } file)
        {
            var token = BearerToken.Read(file) ?? throw new AnswerException("token", "server.token_file cannot be read, or holds no token");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        var answer = await base.SendAsync(request, cancellationToken);
        try
        {
            Check(answer);
            answer.Content = await ReadAsync(answer.Content, cancellationToken);
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private static void Check(HttpResponseMessage answer)
    {
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            var status = (int)answer.StatusCode;
            throw new AnswerException(string.Create(CultureInfo.InvariantCulture, $"HTTP {status}"), status switch
            {
                >= 300 and < 400 => "the server points elsewhere, and that is not followed; give the right address at server.base",
                400 or 422 => "the server does not accept the search; see the section's 'search' and the server's own log",
                401 or 403 => "the server does not accept the certificate or token (server.certificate, server.token_file), or they may not search this",
                404 or 410 => "not found: see server.base, and whether the server has this resource type and POST _search",
                429 => "the server says there are too many requests",
                _ => "see the server's own log for this status",
            });
        }

        if (answer.Content.Headers.ContentType?.MediaType is not ("application/fhir+json" or "application/json"))
        {
            throw new AnswerException("form", "the answer is not FHIR in JSON; something else may answer at server.base");
        }
    }

    private async Task<HttpContent> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        // Counted as it is unpacked: a small packed answer can be a large one.
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var kept = new MemoryStream();
        var piece = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(piece, cancellationToken)) > 0)
        {
            if (kept.Length + read > settings.MaxAnswerBytes)
            {
                throw new AnswerException("size", "the answer is larger than server.max_answer_kilobytes; ask for smaller pages with _count");
            }

            kept.Write(piece, 0, read);
        }

        var whole = new ByteArrayContent(kept.ToArray());
        whole.Headers.ContentType = content.Headers.ContentType;
        return whole;
    }
}
