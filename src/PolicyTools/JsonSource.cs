using System.Text.Json;

namespace Keten.PolicyTools;

/// <summary>A JSON file that people write: read whole, refused with file and line.</summary>
internal sealed class JsonSource
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private JsonSource(string name, byte[] bytes)
    {
        Name = name;
        Bytes = bytes;
    }

    public string Name { get; }

    public byte[] Bytes { get; }

    public static JsonSource Read(string path)
    {
        try
        {
            return Of(path, File.ReadAllBytes(path));
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ToolException($"{path}: there is no such file", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{path}: cannot be read ({problem.Message})", problem);
        }
    }

    /// <summary>Checks that the bytes are one JSON value in which no name stands twice: of two, one would be lost without a word.</summary>
    public static JsonSource Of(string name, byte[] bytes)
    {
        var source = new JsonSource(name, bytes.AsSpan().StartsWith(ByteOrderMark) ? bytes[3..] : bytes);
        try
        {
            var reader = new Utf8JsonReader(source.Bytes);
            var names = new Stack<HashSet<string>>();
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    names.Push(new HashSet<string>(StringComparer.Ordinal));
                }
                else if (reader.TokenType == JsonTokenType.EndObject)
                {
                    names.Pop();
                }
                else if (reader.TokenType == JsonTokenType.PropertyName && !names.Peek().Add(reader.GetString()!))
                {
                    throw source.Fault(reader.TokenStartIndex, $"'{reader.GetString()}' stands twice in one object; leave one out");
                }
                else if (reader.TokenType == JsonTokenType.String)
                {
                    // Read for its check: an escaped half of a character pair is no text, and no engine would read it as another does.
                    _ = reader.GetString();
                }
            }
        }
        catch (JsonException problem)
        {
            throw new ToolException($"{name}:{(problem.LineNumber ?? 0) + 1}: not JSON: {problem.Message.Split(" LineNumber")[0]}", problem);
        }
        catch (InvalidOperationException problem)
        {
            throw new ToolException($"{name}: holds text that is no valid Unicode", problem);
        }

        return source;
    }

    public ToolException Fault(long offset, string what) => new($"{Name}:{LineOf(offset)}: {what}");

    public int LineOf(long offset) => Bytes.AsSpan(0, (int)offset).Count((byte)'\n') + 1;
}
