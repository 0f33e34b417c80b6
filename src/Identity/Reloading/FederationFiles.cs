using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Keten.Identity;

/// <summary>Everything that is read from files, and the one place that reads it again.</summary>
internal sealed partial class FederationFiles
{
    private static readonly TimeSpan RenewalNotice = TimeSpan.FromDays(14);

    private readonly List<WatchedFiles> _watched;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private TrustMaterial? _endedReported;
    private OwnCertificateMaterial? _renewalReported;

    /// <exception cref="FederationFileException">The faults of all files together.</exception>
    public FederationFiles(FederationOptions options, TimeProvider time, ILoggerFactory loggers, Action? beforeConnect = null)
    {
        _time = time;
        _logger = loggers.CreateLogger("Keten.Identity.Files");
        Trust = new FederationTrust(time);
        Own = new OwnCertificate();
        Outgoing = Trust.Outgoing = new OutgoingTls(Trust, Own, loggers.CreateLogger("Keten.Identity.Outgoing"), beforeConnect);
        var trust = new WatchedFiles([options.TrustAnchors, options.RevocationList], contents =>
            Trust.Replace(TrustMaterial.Load(options.TrustAnchors, contents[0], options.RevocationList, contents[1])));
        var own = new WatchedFiles([options.Certificate, options.PrivateKey], contents =>
            Own.Replace(OwnCertificateMaterial.Load(options.Certificate, contents[0], options.PrivateKey, contents[1], Trust.Material, time.GetUtcNow())));
        _watched = [trust, own];
        if (options.Participants is { } path)
        {
            Registry = new ParticipantRegistry();
            _watched.Add(new WatchedFiles([path], contents =>
                Registry.Replace(ParticipantsFile.Parse(path, contents[0], options.OrganisationTypes), SHA256.HashData(contents[0]))));
        }

        LoadAll(trust, own);
        NoticeTime();
    }

    public FederationTrust Trust { get; }

    public OwnCertificate Own { get; }

    public OutgoingTls Outgoing { get; }

    public ParticipantRegistry? Registry { get; }

    /// <summary>Looks at every file; loads what changed and works, keeps the last good one of what does not. Not for two threads at once.</summary>
    public void Poll()
    {
        foreach (var files in _watched)
        {
            if (files.Poll(out var fault))
            {
                Log.Reloaded(_logger, files.Name);
            }
            else if (fault is not null)
            {
                Log.Kept(_logger, fault.Message);
            }
        }

        NoticeTime();
        Outgoing.Recheck();
    }

    private void LoadAll(WatchedFiles trust, WatchedFiles own)
    {
        var faults = new List<FileFault>();
        foreach (var files in _watched)
        {
            try
            {
                // The own certificate cannot be judged without the trust; its faults come when that is mended.
                if (files != own || faults.Count == 0)
                {
                    files.Load();
                }
            }
            catch (FederationFileException fault)
            {
                faults.AddRange(fault.Faults);
            }
        }

        if (faults.Count > 0)
        {
            throw new FederationFileException(faults);
        }
    }

    /// <summary>What goes wrong by the passing of time alone is said once.</summary>
    private void NoticeTime()
    {
        var now = _time.GetUtcNow();
        var (trust, own) = (Trust.Material, Own.Material);
        if (trust.ListsExpire <= now && _endedReported != trust)
        {
            _endedReported = trust;
            Log.ListsEnded(_logger, trust.ListsExpire);
        }

        if (own.Certificate.NotAfter.ToUniversalTime() <= now + RenewalNotice && _renewalReported != own)
        {
            _renewalReported = own;
            Log.RenewSoon(_logger, own.Certificate.NotAfter.ToUniversalTime());
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1201, LogLevel.Information, "Read again: {Files}.")]
        public static partial void Reloaded(ILogger logger, string files);

        [LoggerMessage(1202, LogLevel.Error, "A changed file is broken; the last good one stays in use. {Faults}")]
        public static partial void Kept(ILogger logger, string faults);

        [LoggerMessage(1203, LogLevel.Error, "A revocation list ended at {Until:u}: certificates of its issuer are refused until a new list is in place.")]
        public static partial void ListsEnded(ILogger logger, DateTimeOffset until);

        [LoggerMessage(1204, LogLevel.Warning, "The own certificate ends at {Until:u}: renew it; it is read again while running.")]
        public static partial void RenewSoon(ILogger logger, DateTime until);
    }
}
