using System.Net;
using System.Security.Cryptography.X509Certificates;
using Keten.Contracts;
using Microsoft.AspNetCore.Connections;

namespace Keten.Identity;

/// <summary>One accepted connection, its certificate, and who that is now. A feature of the connection, so every request on it finds it.</summary>
internal sealed class FederationConnection(ConnectionContext connection, LiveConnections live, Func<CertificateVerdict, bool>? accept)
{
    private volatile ShownCertificate? _shown;
    private volatile Standing? _standing;
    private volatile bool _wasParticipant;

    public EndPoint? Remote => connection.RemoteEndPoint;

    /// <summary>The handshake has begun with a ClientHello.</summary>
    public bool Greeted { get; set; }

    /// <summary>Judges the certificate of the handshake.</summary>
    public Standing Present(X509Certificate? leaf, X509Chain? chain)
    {
        // Kept before it is judged: of a revocation in between, either this judgement or the sweep that follows it knows.
        _shown = ShownCertificate.Of(leaf, chain);
        return Evaluate();
    }

    public Standing Current => _standing is { } standing && standing.Generation == live.Generation ? standing : Evaluate();

    public Identification Identify() => Current.Identification;

    /// <summary>Ends the connection when it no longer passes. True when it did.</summary>
    public bool EndIfFallen(out string reason, out CertificateVerdict? certificate)
    {
        (reason, certificate) = ("", null);
        if (_shown is null)
        {
            return false; // Still shaking hands; it will be judged by what is true then.
        }

        var standing = Evaluate();
        certificate = standing.Identification.Certificate;
        // One that never was a participant, an operator for instance, is refused per request and not here.
        var fallen = standing.Fault ?? (_wasParticipant && standing.Identification.Caller is null ? standing.Identification.Refusal?.Code : null);
        if (fallen is null)
        {
            return false;
        }

        reason = fallen;
        connection.Abort(new ConnectionAbortedException($"The connection's certificate is no longer accepted: {fallen}."));
        return true;
    }

    public bool Outlived(DateTimeOffset now) => _standing?.Identification.Certificate is { Accepted: true } certificate && certificate.ValidUntil <= now;

    private Standing Evaluate()
    {
        // The generation is read first: when a file changes meanwhile, the result carries the older number and is made anew at the next look.
        var generation = live.Generation;
        var standing = Evaluate(generation);
        _wasParticipant |= standing.Identification.Caller is not null;
        _standing = standing;
        return standing;
    }

    private Standing Evaluate(long generation)
    {
        if (_shown?.Judge(live.Trust, CertificateUse.Client) is not { } verdict)
        {
            return new Standing(generation, Identification.WithoutCertificate, CertificateFaults.Missing);
        }

        if (!verdict.Accepted)
        {
            return new Standing(generation, new Identification(null, verdict, Refusals.CertificateNotAccepted), verdict.Reason);
        }

        if (accept is not null && !accept(verdict))
        {
            return new Standing(generation, new Identification(null, verdict, Refusals.CertificateNotAccepted), CertificateFaults.NotAcceptedHere);
        }

        if (live.Registry is not { } registry)
        {
            return new Standing(generation, new Identification(null, verdict, null), null);
        }

        return new Standing(generation, !registry.TryGet(verdict.Oin, out var participant) ? new Identification(null, verdict, Refusals.ParticipantUnknown)
            : participant.Pins.Count > 0 && !participant.Pins.Contains(verdict.PublicKeySha256) ? new Identification(null, verdict, Refusals.CertificateNotPinned)
            : new Identification(participant, verdict, null), null);
    }
}
