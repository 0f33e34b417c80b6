using System.Text;

namespace Keten.Contracts.Fhir;

/// <summary>Reads the form of a search: the question, no payload. Never more than the limit, whatever length was announced.</summary>
public static class FhirForm
{
    /// <summary>Longest form, in bytes.</summary>
    public const int MaxBytes = 4096;

    /// <summary>The body; null when it is longer than <see cref="MaxBytes"/>.</summary>
    public static async Task<byte[]?> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        var buffer = new byte[MaxBytes + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length > MaxBytes ? null : buffer[..length];
    }

    /// <summary>Adds the form to the request; null when it is in order.</summary>
    public static Refusal? AddTo(FhirRequest request, byte[]? body)
    {
        ArgumentNullException.ThrowIfNull(request);
        return body is null ? FhirRefusals.BodyTooLarge : request.AddForm(Encoding.UTF8.GetString(body));
    }
}
