namespace MoEQuant.TestSupport;

/// <summary>Finds the checkout that the tests were built from.</summary>
public static class RepositoryPaths
{
    /// <summary>The folder that holds MoEQuant.Build.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The checkpoint that is committed below the sample app; present in every checkout.</summary>
    public static string SampleCheckpoint => Path.Combine(Root, "sample-app", "models", "tiny-olmoe");

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "MoEQuant.Build.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"No MoEQuant.Build.sln above {AppContext.BaseDirectory}: the tests run from the checkout's artifacts folder.");
    }
}
