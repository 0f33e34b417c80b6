using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Keten.Demo;

/// <summary>Messages as the scenario writes them: field names of the catalogue, only what is set.</summary>
internal static class MessageJson
{
    public static JsonObject Of(IMessage message)
    {
        var json = new JsonObject();
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder().Where(f => f.IsRepeated || f.Accessor.HasValue(message)))
        {
            var value = field.Accessor.GetValue(message);
            if (value is bool flag)
            {
                json[field.Name] = flag;
            }
            else if (value is string text)
            {
                json[field.Name] = text;
            }
            else if (value is int number)
            {
                json[field.Name] = number;
            }
            else if (value is IList<string> { Count: > 0 } texts)
            {
                json[field.Name] = new JsonArray([.. texts.Select(t => JsonValue.Create(t))]);
            }
        }

        return json;
    }

    /// <summary>The scenarios' records hold one household relation, involvement, plan step or intake each.</summary>
    public static JsonObject OfFirst<T>(IReadOnlyList<T> messages)
        where T : IMessage => messages.Count > 0 ? Of(messages[0]) : [];

    /// <summary>A message with these fields set to something; a name it does not have is left out.</summary>
    public static T Filled<T>(IEnumerable<string> fields)
        where T : IMessage<T>, new()
    {
        var message = new T();
        foreach (var field in fields.Select(message.Descriptor.FindFieldByName).Where(f => f is not null))
        {
            switch (field)
            {
                case { IsRepeated: true, FieldType: FieldType.String }:
                    ((System.Collections.IList)field.Accessor.GetValue(message)).Add("demo");
                    break;
                case { FieldType: FieldType.Bool }:
                    field.Accessor.SetValue(message, true);
                    break;
                default:
                    field.Accessor.SetValue(message, "demo");
                    break;
            }
        }

        return message;
    }
}
