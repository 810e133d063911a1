namespace MoEQuant.TestSupport;

/// <summary>The trained reference checkpoints that may lie beside the checkout (<c>../shared/models</c>). They are an extra: tests that need them are skipped elsewhere.</summary>
public static class SharedModels
{
    /// <summary>The folder, whether it exists or not.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(RepositoryPaths.Root, "..", "shared", "models"));

    /// <summary>The path of a model folder or file below <see cref="Root"/>; ends the test as inconclusive (skipped) where it is absent.</summary>
    public static string Require(string name)
    {
        string path = Path.Combine(Root, name);
        if (!Path.Exists(path))
            Assert.Inconclusive($"Skipped: {path} is not on this machine.");
        return path;
    }
}
