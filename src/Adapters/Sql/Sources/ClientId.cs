using System.Globalization;
using Keten.Adapters.Sql.Mapping;

namespace Keten.Adapters.Sql.Sources;

/// <summary>A client's id as a parameter of the type its column has.</summary>
internal static class ClientId
{
    private const int MaxLength = 200;

    /// <summary>
    /// False when no row can have this id. An id that only a lenient database would take for another (007 for 7) is such a one: two spellings
    /// must never be one person.
    /// </summary>
    public static bool TryConvert(string id, ClientIdType type, out object value)
    {
        value = id;
        switch (type)
        {
            case ClientIdType.Integer:
                var isNumber = long.TryParse(id, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
                value = number;
                return isNumber && number.ToString(CultureInfo.InvariantCulture) == id;
            case ClientIdType.Uuid:
                var isUuid = Guid.TryParseExact(id, "D", out var uuid);
                value = uuid;
                return isUuid && uuid.ToString("D") == id;
            default:
                return id.Length is > 0 and <= MaxLength && !id.Contains('\0', StringComparison.Ordinal);
        }
    }
}
