using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Keten.Protocol.V1;

namespace Keten.Contracts.Tests.Catalogue;

/// <summary>A contract that was never released: one service, written in the test and read back as any other.</summary>
internal static class Contract
{
    private static readonly ExtensionRegistry Options = [AccessExtensions.Method, AccessExtensions.Field];

    public static FileDescriptor Of(MethodAccess? access, params DescriptorProto[] messages) => Of([Method("Ask", access, messages[0].Name)], messages);

    public static FileDescriptor Of(MethodDescriptorProto[] methods, params DescriptorProto[] messages)
    {
        var file = new FileDescriptorProto
        {
            Name = "keten/test/v1/test.proto", Package = "keten.test.v1", Syntax = "proto3",
            Dependency = { AccessReflection.Descriptor.Name },
            Service = { new ServiceDescriptorProto { Name = "TestService", Method = { methods } } },
        };
        file.MessageType.Add(new DescriptorProto { Name = "Nothing" });
        file.MessageType.Add(messages);
        return FileDescriptor.BuildFromByteStrings(
            [DescriptorReflection.Descriptor.SerializedData, AccessReflection.Descriptor.SerializedData, file.ToByteString()], Options)[^1];
    }

    /// <summary>A method that answers with a message, or takes it when the action delivers.</summary>
    public static MethodDescriptorProto Method(string name, MethodAccess? access, string data)
    {
        var delivers = access?.Action is AccessAction.Submit or AccessAction.Update or AccessAction.Convene;
        var method = new MethodDescriptorProto { Name = name, InputType = Full(delivers ? data : "Nothing"), OutputType = Full(delivers ? "Nothing" : data) };
        if (access is not null)
        {
            method.Options = new MethodOptions();
            method.Options.SetExtension(AccessExtensions.Method, access);
        }

        return method;
    }

    public static MethodAccess Read(string category = "naw") => new() { Reach = Reach.Federation, Category = category, Action = AccessAction.Read };

    public static DescriptorProto Message(string name, params FieldDescriptorProto[] fields)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i].Number = i + 1;
        }

        return new DescriptorProto { Name = name, Field = { fields } };
    }

    public static FieldDescriptorProto Data(string name, string category = "naw", GdprClass gdpr = GdprClass.Ordinary, string rename = "") =>
        Text(name, new FieldAccess { Data = new DataField { Category = category, GdprClass = gdpr, Name = rename } });

    public static FieldDescriptorProto Text(string name, FieldAccess? access) => WithOptions(
        new FieldDescriptorProto { Name = name, Type = FieldDescriptorProto.Types.Type.String, Label = FieldDescriptorProto.Types.Label.Optional }, access);

    public static FieldDescriptorProto Envelope(string name, string type, bool repeated = false, FieldAccess? access = null) => WithOptions(
        new FieldDescriptorProto
        {
            Name = name, Type = FieldDescriptorProto.Types.Type.Message, TypeName = Full(type),
            Label = repeated ? FieldDescriptorProto.Types.Label.Repeated : FieldDescriptorProto.Types.Label.Optional,
        },
        access ?? new FieldAccess { Envelope = true });

    private static FieldDescriptorProto WithOptions(FieldDescriptorProto field, FieldAccess? access)
    {
        if (access is not null)
        {
            field.Options = new FieldOptions();
            field.Options.SetExtension(AccessExtensions.Field, access);
        }

        return field;
    }

    private static string Full(string message) => ".keten.test.v1." + message;
}
