using System.Reflection.PortableExecutable;

namespace MoEQuant.Build.Tests.Consumer;

/// <summary>What this checkout has built, in the configuration of the running tests.</summary>
internal static class BuiltArtifacts
{
    // artifacts/bin/Build.Tests/release/ → release
    private static readonly string Configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));

    public static string Tasks { get; } = Find("Tasks", "MoEQuant.Build.Tasks.dll");

    public static string Engine { get; } = Find("Quantizer", "moequant.dll");

    public static string FakeEngine { get; } = Find("FakeEngine", "FakeEngine.dll");

    /// <summary>The engine with TorchSharp; null where it was built without, which leaves an assembly with no entry point.</summary>
    public static string? TorchEngine { get; } = Find("Quantizer.Torch", "moequant-torch.dll") is var path && IsProgram(path) ? path : null;

    private static bool IsProgram(string path)
    {
        using PEReader file = new(File.OpenRead(path));
        return file.PEHeaders.CorHeader!.EntryPointTokenOrRelativeVirtualAddress != 0;
    }

    private static string Find(string project, string file)
    {
        string path = Path.Combine(RepositoryPaths.Root, "artifacts", "bin", project, Configuration, file);
        Assert.IsTrue(File.Exists(path), $"{path} must have been built with this test project.");
        return path;
    }
}
