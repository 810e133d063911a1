using MoEQuant.Package.Tests.Consumer;
using MoEQuant.Package.Tests.Feed;
using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Package.Tests;

/// <summary>What README.md says to somebody who has the packages only: its commands in a shell, its snippets in the project that they make.</summary>
[TestClass]
public sealed class ReadmeTests
{
    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void CommandsAndSnippets_InANewFolder_GiveAnAppThatTellsAStory()
    {
        using ConsumerFolder consumer = new("Empty", model: "MyApp/models/tiny-olmoe");
        Run(consumer, Readme.Blocks("console").Single());
        consumer.Edit("MyApp/MyApp.csproj", "</Project>", Readme.Blocks("xml").Single() + "</Project>");
        File.WriteAllText(consumer.PathOf("MyApp", "Program.cs"), Readme.Blocks("csharp")[0]);

        string text = Run(consumer, "cd MyApp\ndotnet run");

        Assert.IsGreaterThan(40, text.Length, text);
        Assert.DoesNotContain("error", text);
        string project = File.ReadAllText(consumer.PathOf("MyApp", "MyApp.csproj"));
        Assert.DoesNotContain("PrivateAssets", project, "docs/decisions/0010");
    }

    private static string Run(ConsumerFolder consumer, string script)
    {
        Dictionary<string, string?> environment = ConsumerFolder.Environment;
        environment["NUGET_PACKAGES"] = PackageFeed.UnpackedPackages;
        ProcessResult result = ChildProcess.Run("bash", ["-e", "-c", script], consumer.Folder, environment, TimeSpan.FromMinutes(10));
        Assert.AreEqual(0, result.ExitCode, result.Output);
        return result.Output;
    }
}
