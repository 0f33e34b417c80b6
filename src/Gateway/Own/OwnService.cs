namespace Keten.Gateway.Own;

/// <summary>Marks an endpoint as the gateway's own.</summary>
internal sealed class OwnService;
