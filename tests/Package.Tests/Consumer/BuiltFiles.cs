namespace MoEQuant.Package.Tests.Consumer;

/// <summary>What an undisturbed build of ConsoleApp has made, to compare later builds with.</summary>
internal sealed class BuiltFiles
{
    private readonly Dictionary<string, byte[]> _contents;

    private BuiltFiles(Dictionary<string, byte[]> contents) => _contents = contents;

    /// <summary>Remembers the files of now.</summary>
    /// <param name="intermediate">The folder that holds <c>moequant</c>.</param>
    /// <param name="output">The folder of the program.</param>
    public static BuiltFiles Of(string intermediate, string output) => new(
        ((string[])[Path.Combine(intermediate, "moequant", "TinyOlmoe.moeq"), .. ((string[])["ConsoleApp.dll", "ConsoleApp.pdb", "ConsoleApp.deps.json", "ConsoleApp.runtimeconfig.json", "ConsoleApp"]).Select(file => Path.Combine(output, file))])
            .ToDictionary(file => file, File.ReadAllBytes));

    /// <summary>Demands the same bytes in all of them, and that no temporary file lies beside the packed one.</summary>
    public void AssertUnchanged()
    {
        foreach ((string file, byte[] content) in _contents)
            CollectionAssert.AreEqual(content, File.ReadAllBytes(file), file);
        Assert.IsEmpty(Directory.GetFiles(Path.GetDirectoryName(_contents.Keys.First())!, "*.tmp"));
    }
}
