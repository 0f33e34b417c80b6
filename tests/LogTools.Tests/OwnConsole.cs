using System.Text;

namespace Keten.LogTools.Tests;

/// <summary>The console belongs to the whole process; this gives each flow of calls one of its own, so that tests need not wait for each other.</summary>
internal sealed class OwnConsole : IDisposable
{
    private static readonly AsyncLocal<OwnConsole?> Current = new();

    private readonly StringWriter _written = new();
    private readonly StringWriter _complained = new();
    private readonly StringReader _given;

    static OwnConsole()
    {
        var (output, error, input) = (Console.Out, Console.Error, Console.In);
        Console.SetOut(new Writer(() => Current.Value?._written ?? output));
        Console.SetError(new Writer(() => Current.Value?._complained ?? error));
        Console.SetIn(new Reader(() => Current.Value?._given ?? input));
    }

    private OwnConsole(string input) => _given = new StringReader(input);

    public string Written => _written.ToString();

    public string Complained => _complained.ToString();

    public static OwnConsole Open(string input) => Current.Value = new OwnConsole(input);

    public void Dispose()
    {
        Current.Value = null;
        _written.Dispose();
        _complained.Dispose();
        _given.Dispose();
    }

    private sealed class Writer(Func<TextWriter> to) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => to().Write(value);

        public override void Write(char[] buffer, int index, int count) => to().Write(buffer, index, count);

        public override void Write(string? value) => to().Write(value);
    }

    private sealed class Reader(Func<TextReader> from) : TextReader
    {
        public override int Peek() => from().Peek();

        public override int Read() => from().Read();

        public override int Read(char[] buffer, int index, int count) => from().Read(buffer, index, count);
    }
}
