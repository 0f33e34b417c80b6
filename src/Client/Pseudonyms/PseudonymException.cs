using Grpc.Core;
using Keten.Contracts;

namespace Keten.Client.Pseudonyms;

/// <summary>No pseudonyms were made. The message never holds a BSN or anything made from one.</summary>
public sealed class PseudonymException : Exception
{
    internal PseudonymException(Refusal refusal, string? detail = null, Exception? inner = null)
        : base(detail is null ? $"{refusal.Code}: {refusal.English}" : $"{refusal.Code}: {refusal.English} ({detail})", inner)
    {
        ReasonCode = refusal.Code;
        Status = refusal.Status;
    }

    /// <summary>Stable; the list is docs/errors.md.</summary>
    public string ReasonCode { get; }

    public StatusCode Status { get; }

    /// <summary>True when the same call may succeed later.</summary>
    public bool IsTransient => Status is StatusCode.Unavailable or StatusCode.DeadlineExceeded;
}
