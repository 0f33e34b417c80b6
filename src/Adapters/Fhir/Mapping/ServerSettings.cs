namespace Keten.Adapters.Fhir.Mapping;

/// <summary>Which server, and how it is asked.</summary>
internal sealed record ServerSettings(Uri Base, TimeZoneInfo Zone, int Line)
{
    /// <summary>PEM files of the client certificate and its key; both or neither.</summary>
    public string? Certificate { get; init; }

    public string? Key { get; init; }

    /// <summary>PEM file of the authorities the server's certificate must come from; null: those of the machine.</summary>
    public string? Authority { get; init; }

    /// <summary>File with a bearer token. Read again for every request: who renews a token writes it here.</summary>
    public string? TokenFile { get; init; }

    public TimeSpan Timeout { get; init; }

    /// <summary>Largest answer that is read, unpacked.</summary>
    public int MaxAnswerBytes { get; init; }
}
