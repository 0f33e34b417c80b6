using Keten.Contracts.Identifiers;
using Microsoft.Extensions.Options;

namespace Keten.DecisionLog.Checkpoints;

internal sealed class CheckpointOptionsValidator : IValidateOptions<CheckpointOptions>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    public ValidateOptionsResult Validate(string? name, CheckpointOptions options)
    {
        var faults = new List<string>();
        if (string.IsNullOrWhiteSpace(options.SigningKey))
        {
            faults.Add("Gateway:DecisionLog:SigningKey is empty; make a key with «keten log key new --name NAME --out FILE», and set this to FILE.");
        }

        if (options.CheckpointInterval < Shortest || options.CheckpointInterval > TimeSpan.FromMinutes(1))
        {
            faults.Add($"Gateway:DecisionLog:CheckpointInterval is {options.CheckpointInterval}; choose from 10 ms to one minute.");
        }

        if (options.WitnessInterval < Shortest || options.WitnessInterval > TimeSpan.FromDays(1))
        {
            faults.Add($"Gateway:DecisionLog:WitnessInterval is {options.WitnessInterval}; choose from 10 ms to one day.");
        }

        for (var i = 0; i < options.Witnesses.Count; i++)
        {
            if (!Oin.TryParse(options.Witnesses[i].Oin, out _))
            {
                faults.Add($"Gateway:DecisionLog:Witnesses:{i}:Oin is no OIN; give the 20 characters of the participant's.");
            }

            if (!NoteVerifierKey.TryParse(options.Witnesses[i].Key, out var key) || key.Type != NoteKeyType.Witness)
            {
                faults.Add($"Gateway:DecisionLog:Witnesses:{i}:Key is no witness's key; the participant prints it with «keten log key show FILE».");
            }
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
