namespace Keten.Gateway.Management.Log;

/// <summary>Registration of reading the log through the gateway.</summary>
internal static class LogRegistration
{
    /// <summary>Adds who may, and how. Needs the decision log and the participant registry.</summary>
    public static IServiceCollection AddLogAccess(this IServiceCollection services) => services.AddSingleton<LogAccess>().AddSingleton<LogReading>();
}
