namespace Keten.Adapters.Sdk.Pseudonyms;

/// <summary>Pseudonyms for development: whoever holds the key can rebuild every BSN, so this is for invented people only.</summary>
public sealed class DevelopmentPseudonymOptions
{
    /// <summary>Must be set to true: nobody gets development pseudonyms by accident.</summary>
    public bool Enabled { get; set; }

    /// <summary>File with the federation's development key: 32 bytes or more, base64. The same for all participants.</summary>
    public string KeyFile { get; set; } = "";
}
