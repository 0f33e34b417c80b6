using System.Reflection;
using Google.Protobuf;
using Keten.Gateway.Involvement;
using Keten.Identity;
using Keten.Protocol.V1;

namespace Keten.Gateway.Decisions;

/// <summary>What a record says of what it was decided with, beside the policy.</summary>
internal static class Sources
{
    private static readonly string Version =
        typeof(Sources).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    public static DecisionSources Of(IParticipantRegistry participants, ViewPosition view) => new()
    {
        RegistryDigest = UnsafeByteOperations.UnsafeWrap(participants.Digest), GatewayVersion = Version, ViewPartition = view.Partition, ViewOffset = view.Offset,
    };
}
