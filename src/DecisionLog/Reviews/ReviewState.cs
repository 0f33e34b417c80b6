using System.Text.Json.Serialization;

namespace Keten.DecisionLog.Reviews;

/// <summary>Where the review of one use of break-glass stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReviewState>))]
public enum ReviewState
{
    /// <summary>The organisation that asked has not reviewed it, and nobody objected.</summary>
    [JsonStringEnumMemberName("open")]
    Open,

    /// <summary>The organisation that asked accepted it, and nobody objected.</summary>
    [JsonStringEnumMemberName("accepted")]
    Accepted,

    /// <summary>One of the two organisations objected.</summary>
    [JsonStringEnumMemberName("objected")]
    Objected,
}
