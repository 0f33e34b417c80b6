namespace Keten.Policy;

/// <summary>
/// The last check before a bundle decides: asked by nobody about nothing it must refuse, in time and in full. A bundle that allows that, hangs
/// or answers half would do harm within a second of becoming active.
/// </summary>
internal static class PolicyTrial
{
    private static readonly PolicyParty Nobody = new("", "", "");

    /// <summary>The engine, which passed.</summary>
    /// <exception cref="PolicyBundleException">It did not; the engine is disposed.</exception>
    public static async Task<WasmPolicyEngine> PassAsync(WasmPolicyEngine engine, CancellationToken cancellationToken)
    {
        try
        {
            var decision = await engine.DecideAsync(
                new PolicyInput { Caller = Nobody, Target = Nobody, ActorRole = "", Purpose = "", Category = "", Action = "", Time = "" }, cancellationToken);
            var visibility = await engine.VisibilityAsync("", "", "", shielded: true, cancellationToken);
            return !decision.Allow && visibility.IsNone ? engine
                : throw new PolicyBundleException($"revision {engine.Revision} allows a question of nobody about nothing; default deny is gone from it");
        }
        catch (Exception problem) when (problem is PolicyUnavailableException or PolicyBundleException)
        {
            var revision = engine.Revision;
            engine.Dispose();
            throw problem as PolicyBundleException
                ?? new PolicyBundleException($"revision {revision} cannot decide: {problem.Message}", problem);
        }
    }
}
