using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Keten.Events.Native;

/// <summary>
/// The functions of librdkafka's mock cluster. They must come from the very library Confluent.Kafka has mapped (which of its variants that
/// is differs by system), or there would be two copies with a state each.
/// </summary>
internal static partial class LibRdKafka
{
    public const int ProducerType = 0;
    private const string Name = "keten-librdkafka";

    static LibRdKafka()
    {
        Library.Load();
        NativeLibrary.SetDllImportResolver(typeof(LibRdKafka).Assembly, Resolve);
    }

    [LibraryImport(Name)]
    public static partial nint rd_kafka_conf_new();

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int rd_kafka_conf_set(nint configuration, string name, string value, byte* error, nuint errorSize);

    [LibraryImport(Name)]
    public static unsafe partial nint rd_kafka_new(int type, nint configuration, byte* error, nuint errorSize);

    [LibraryImport(Name)]
    public static partial void rd_kafka_destroy(nint client);

    [LibraryImport(Name)]
    public static partial nint rd_kafka_mock_cluster_new(nint client, int brokers);

    [LibraryImport(Name)]
    public static partial void rd_kafka_mock_cluster_destroy(nint cluster);

    [LibraryImport(Name)]
    public static partial nint rd_kafka_mock_cluster_bootstraps(nint cluster);

    [LibraryImport(Name)]
    public static partial void rd_kafka_mock_group_initial_rebalance_delay_ms(nint cluster, int milliseconds);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rd_kafka_mock_topic_create(nint cluster, string topic, int partitions, int replicas);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void rd_kafka_mock_topic_set_error(nint cluster, string topic, int error);

    [LibraryImport(Name)]
    public static partial int rd_kafka_mock_broker_set_down(nint cluster, int broker);

    [LibraryImport(Name)]
    public static partial int rd_kafka_mock_broker_set_up(nint cluster, int broker);

    [LibraryImport(Name)]
    public static unsafe partial void rd_kafka_mock_push_request_errors_array(nint cluster, short apiKey, nuint count, int* errors);

    /// <summary>Makes a client fail for good, as after a sequence the broker no longer follows.</summary>
    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rd_kafka_test_fatal_error(nint client, int error, string reason);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search) =>
        name != Name ? 0 : NativeLibrary.Load(MappedPath() ?? "librdkafka", typeof(Library).Assembly, search);

    private static string? MappedPath() =>
        !OperatingSystem.IsLinux() ? null : File.ReadLines("/proc/self/maps")
            .Select(line => line.IndexOf('/', StringComparison.Ordinal) is > 0 and var start ? line[start..] : "")
            .FirstOrDefault(path => Path.GetFileName(path).Contains("librdkafka", StringComparison.Ordinal));
}
