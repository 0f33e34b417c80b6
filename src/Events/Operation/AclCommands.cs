using System.Text;

namespace Keten.Events.Operation;

/// <summary>The rules as commands of Kafka's own <c>kafka-acls.sh</c>, to be read before they are run.</summary>
public static class AclCommands
{
    /// <summary>A shell script, with the broker settings the rules rest on at its head. Running it again changes nothing.</summary>
    public static string Write(IEnumerable<AccessRule> rules)
    {
        var script = new StringBuilder(
            $"""
            #!/bin/sh
            # Made by «keten events acl». Needs, in server.properties of every broker (backslashes doubled, as properties files want it):
            #   authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
            #   allow.everyone.if.no.acl.found=false
            #   auto.create.topics.enable=false
            #   ssl.client.auth=required
            #   ssl.principal.mapping.rules={BrokerPrincipal.MappingRules.Replace(@"\", @"\\", StringComparison.Ordinal)}
            # A principal is the OIN of the certificate in hexadecimal.
            set -eu
            : "{"${BOOTSTRAP:?set BOOTSTRAP to host:port of a broker}"}" "{"${ADMIN:?set ADMIN to the properties file of an administrator}"}"

            """);
        foreach (var owner in rules.GroupBy(rule => rule.Who))
        {
            script.Append("\n# ").AppendLine(owner.Key.Value);
            foreach (var rule in owner)
            {
                script.Append("kafka-acls.sh --bootstrap-server \"$BOOTSTRAP\" --command-config \"$ADMIN\" --add --allow-principal '").Append(BrokerPrincipal.Of(rule.Who)).Append('\'')
                    .Append(string.Concat(rule.Operations.Select(operation => " --operation " + operation)))
                    .Append(" --").Append(rule.Resource).Append(" '").Append(rule.Name).AppendLine("' --resource-pattern-type literal");
            }
        }

        return script.ToString();
    }
}
