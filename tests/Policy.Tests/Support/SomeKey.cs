using System.Security.Cryptography;

namespace Keten.Policy.Tests.Support;

/// <summary>A signing key and its public half.</summary>
internal sealed class SomeKey : IDisposable
{
    public ECDsa Private { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public BundleKey Public => BundleKey.FromPem("the privacy office's key", Private.ExportSubjectPublicKeyInfoPem());

    public BundleTrust Trust => new() { Keys = [Public] };

    public byte[] Sign(byte[] bundle) => PolicyBundle.Sign(bundle, "bundle", Private, "keten");

    public void Dispose() => Private.Dispose();
}
