using Keten.Adapters.Sdk.Ports;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Sdk.Mapping;

/// <summary>What happens with a value that the mapping does not know.</summary>
internal static partial class Unreadable
{
    /// <summary>Data: the field is left out, which reads as unknown, and an operator hears which key needs a look.</summary>
    public static Action<ValueMapping> LeftOut(ILogger logger) => field => Log.LeftOut(logger, field.Key);

    /// <summary>Facts: they decide about access, so nothing is guessed and the call is refused.</summary>
    public static Action<ValueMapping> Refused(string port) => field =>
        throw new SourceUnavailableException(port, "value", $"{field.Key}: the source holds a value that the mapping does not know");

    private static partial class Log
    {
        [LoggerMessage(5601, LogLevel.Warning, "A value for {Key} is not one the mapping knows; the field is left out")]
        public static partial void LeftOut(ILogger logger, string key);
    }
}
