namespace Keten.Identity;

/// <summary>What a connection was found to be under one generation of the files.</summary>
internal sealed class Standing(long generation, Identification identification, string? fault)
{
    private volatile StandingTicket? _ticket;

    public long Generation => generation;

    public Identification Identification { get; } = identification;

    /// <summary>Why the connection itself may not stand; null when it may.</summary>
    public string? Fault => fault;

    /// <summary>Filled by the authentication handler at the first request.</summary>
    public StandingTicket? Ticket
    {
        get => _ticket;
        set => _ticket = value;
    }
}
