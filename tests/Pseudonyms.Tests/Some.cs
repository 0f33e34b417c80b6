using Grpc.Core;
using Google.Rpc;
using Keten.Contracts;

namespace Keten.Pseudonyms.Tests;

internal static class Some
{
    public const string Bsn = "111222333";
    public const string OtherBsn = "123456782";

    /// <summary>Numbers that pass the elfproef.</summary>
    public static IEnumerable<string> Bsns()
    {
        for (var number = 200_000_000; ; number++)
        {
            var text = $"{number}";
            if (Client.Pseudonyms.Elfproef.Holds(text))
            {
                yield return text;
            }
        }
    }

    /// <summary>The reason code in the details of a refusal.</summary>
    public static async Task<string> ReasonAsync(Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        return refused.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason ?? refused.Status.ToString();
    }
}
