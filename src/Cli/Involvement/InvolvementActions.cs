using System.CommandLine;
using Grpc.Core;
using Keten.Identity;

namespace Keten.Cli.Involvement;

/// <summary>Runs a command and says in one line on stderr why it could not.</summary>
internal static class InvolvementActions
{
    public const int Fine = 0;
    public const int NotAll = 1;
    public const int Unusable = 2;
    public const int Stopped = 130;

    public static void Act(this Command command, Func<ParseResult, CancellationToken, Task<int>> action) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await action(parsed, cancellationToken);
            }
            catch (Exception problem) when (problem is InvolvementException or FederationFileException or IOException or UnauthorizedAccessException)
            {
                return await SayAsync(command, problem.Message, Unusable);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                return await SayAsync(command, "stopped", Stopped);
            }
            catch (RpcException refused)
            {
                var reason = refused.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>()?.Reason;
                return await SayAsync(command, reason is null
                    ? $"the adapter does not answer ({refused.StatusCode}): check --adapter, and that the adapter runs" : $"{reason}: {refused.Status.Detail}", Unusable);
            }
        });

    private static async Task<int> SayAsync(Command command, string text, int code)
    {
        await Console.Error.WriteLineAsync($"keten involvement {command.Name}: {text}");
        return code;
    }
}
