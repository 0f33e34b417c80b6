using Keten.Identity;

namespace Keten.Gateway.Pipeline;

/// <summary>Step 1: who calls. From the certificate of the connection, never from a header.</summary>
internal static class CallerIdentification
{
    public static Refused? Identify(Call call)
    {
        var identification = call.Http.Identify();
        call.Caller = identification.Caller;
        return identification.Refusal is { } refusal ? (Refused)refusal : null;
    }
}
