using System.Text;

namespace Keten.Contracts.Fhir;

/// <summary>Reads what comes in a body: the form of a search, or one resource. Never more than the limit, whatever length was announced.</summary>
public static class FhirBody
{
    /// <summary>Longest form, in bytes.</summary>
    public const int MaxFormBytes = 4096;

    /// <summary>Longest resource, in bytes.</summary>
    public const int MaxResourceBytes = 64 * 1024;

    /// <summary>The body; null when it is longer than such a body may be.</summary>
    public static Task<byte[]?> ReadAsync(FhirRequest request, Stream body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ReadAsync(body, request.HasForm ? MaxFormBytes : MaxResourceBytes, cancellationToken);
    }

    /// <summary>The body; null when it is longer than so many bytes.</summary>
    public static async Task<byte[]?> ReadAsync(Stream body, int most, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        var buffer = new byte[most + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length > most ? null : buffer[..length];
    }

    /// <summary>Adds the form to the request; null when it is in order.</summary>
    public static Refusal? AddTo(FhirRequest request, byte[]? body)
    {
        ArgumentNullException.ThrowIfNull(request);
        return body is null ? FhirRefusals.BodyTooLarge : request.AddForm(Encoding.UTF8.GetString(body));
    }
}
