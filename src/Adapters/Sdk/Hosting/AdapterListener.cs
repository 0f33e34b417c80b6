namespace Keten.Adapters.Sdk.Hosting;

/// <summary>Through which door a connection came in; set on the connection, so that a service can be kept to its own door.</summary>
internal sealed record AdapterListener(AdapterListenerKind Kind);

/// <summary>The adapter's doors.</summary>
internal enum AdapterListenerKind
{
    /// <summary>mTLS, the gateway's OIN only.</summary>
    Gateway,

    /// <summary>mTLS with the organisation's own OIN, or a unix socket.</summary>
    CaseSystem,
}
