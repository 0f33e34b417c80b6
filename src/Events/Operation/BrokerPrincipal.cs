using System.Text;
using Keten.Contracts.Identifiers;

namespace Keten.Events.Operation;

/// <summary>
/// How Kafka knows a participant. A broker names a client after its certificate's subject as RFC 2253 text, in which Java writes the
/// serialNumber as the hexadecimal DER of its value (<c>2.5.4.5=#1314…</c>): the mapping rule keeps those digits, so the principal is the OIN
/// in hexadecimal, behind <c>CN=</c> as Strimzi expects.
/// </summary>
public static class BrokerPrincipal
{
    /// <summary>
    /// Value of the broker's <c>ssl.principal.mapping.rules</c>. PrintableString (13) or UTF8String (0c) of twenty octets; the attribute must begin
    /// after a comma or plus that is not escaped, so that no other attribute can imitate it. Without a match: the whole subject, which no ACL names.
    /// </summary>
    public const string MappingRules = @"RULE:^(?:.*(?<!\\)[,+])?2\.5\.4\.5=#(?:13|0c)14([0-9a-f]{40})(?:[,+].*)?$/CN=$1/,DEFAULT";

    /// <summary>Name of the user: forty hexadecimal digits, which is also a legal Kubernetes name.</summary>
    public static string UserName(Oin oin) => Convert.ToHexStringLower(Encoding.ASCII.GetBytes(oin.Value));

    /// <summary>The principal as ACLs name it.</summary>
    public static string Of(Oin oin) => "User:CN=" + UserName(oin);
}
