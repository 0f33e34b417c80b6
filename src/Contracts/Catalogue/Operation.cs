using Google.Protobuf.Reflection;

namespace Keten.Contracts.Catalogue;

/// <summary>What one gRPC method means for the purpose register.</summary>
public sealed class Operation
{
    internal Operation(MethodDescriptor method, string category, string action, bool delivers, IReadOnlyList<string> fields)
    {
        Path = $"/{method.Service.FullName}/{method.Name}";
        Category = category;
        Action = action;
        Delivers = delivers;
        Streams = method.IsServerStreaming || method.IsClientStreaming;
        Fields = fields;
        Method = method;
    }

    /// <summary>Full gRPC path, for instance <c>/keten.person.v1.PersonService/GetPerson</c>.</summary>
    public string Path { get; }

    /// <summary>Data category id, for instance <c>naw</c>.</summary>
    public string Category { get; }

    /// <summary>About a person, so that a call names one. The expertise directory (<c>sociale-kaart</c>) is about organisations.</summary>
    public bool IsPersonal => Category != "sociale-kaart";

    /// <summary>Operation id of the register, for instance <c>read</c>.</summary>
    public string Action { get; }

    /// <summary>Data flow from caller to target (submit, update, convene); otherwise from target to caller.</summary>
    public bool Delivers { get; }

    /// <summary>The call may last: it has no default deadline.</summary>
    public bool Streams { get; }

    /// <summary>Catalogue fields the flowing message can hold, in message order.</summary>
    public IReadOnlyList<string> Fields { get; }

    /// <summary>The descriptor this was read from.</summary>
    public MethodDescriptor Method { get; }

    /// <summary>The message that carries the data: the response of a disclosure, the request of a delivery.</summary>
    public MessageDescriptor DataMessage => Delivers ? Method.InputType : Method.OutputType;
}
