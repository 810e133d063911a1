namespace MoEQuant.Package.Tests.Feed;

/// <summary>The feed serves all tests and goes when they are done.</summary>
[TestClass]
public static class FeedCleanup
{
    [AssemblyCleanup]
    public static void DeleteFeed() => PackageFeed.Delete();
}
