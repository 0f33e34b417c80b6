namespace Keten.Policy.Tests.Support;

internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("keten-policy-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Beside and renamed into place, as an operator should.</summary>
    public string Put(string name, byte[] content)
    {
        System.IO.File.WriteAllBytes(File(name + ".new"), content);
        System.IO.File.Move(File(name + ".new"), File(name), overwrite: true);
        return File(name);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
