namespace Keten.Gateway.Involvement;

/// <summary>Kafka consumer groups of the gateway.</summary>
internal static class ConsumerGroups
{
    /// <summary>Shares the participants' topics among the replicas.</summary>
    public const string Intake = "keten-intake";

    /// <summary>Shares the partitions of the authorised involvements among the replicas.</summary>
    public const string Matcher = "keten-matcher";
}
