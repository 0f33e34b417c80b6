using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Grpc.Core;
using Keten.Contracts;
using Keten.Protocol.V1;

namespace Keten.Client;

/// <summary>The terms an answer comes under (header <c>keten-disclosure-bin</c>).</summary>
public static class DisclosureTerms
{
    /// <summary>False for no terms, or terms that cannot be kept: then the data is not handed out, and not stored.</summary>
    /// <param name="headers">The response's headers.</param>
    /// <param name="honoured">Ids of the obligations the receiver keeps.</param>
    /// <param name="terms">The terms.</param>
    /// <param name="fault">Why not, and of which obligation.</param>
    public static bool TryRead(Metadata headers, IEnumerable<string> honoured, [NotNullWhen(true)] out Disclosure? terms, out (Refusal Refusal, string Obligation) fault)
    {
        ArgumentNullException.ThrowIfNull(headers);
        fault = (ClientRefusals.DisclosureMissing, "");
        try
        {
            terms = headers.GetValueBytes(KetenHeaders.Disclosure) is { } bytes ? Disclosure.Parser.ParseFrom(bytes) : null;
        }
        catch (InvalidProtocolBufferException)
        {
            terms = null;
        }

        if (terms?.Obligations.Select(ObligationIds.IdOf).Except(honoured, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            (terms, fault) = (null, (ClientRefusals.ObligationUnknown, unknown));
        }

        return terms is not null;
    }
}
