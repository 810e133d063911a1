using System.Xml.Linq;

namespace MoEQuant.Repository.Tests;

/// <summary>Rules that hold for all files.</summary>
[TestClass]
public sealed class SourceFileTests
{
    private const int MostLines = 400;

    private static readonly string[] Unfinished = ["TODO", "FIXME", "HACK", "NotImplementedException"];

    [TestMethod]
    public void SourceFiles_AllOfThem_AreShortEnoughToTalkAbout()
    {
        foreach (string file in Files("*.cs", "*.props", "*.targets", "*.csproj"))
            Assert.IsLessThanOrEqualTo(MostLines, File.ReadLines(file).Count(), $"{file}: does it hold two things?");
    }

    [TestMethod]
    public void ProductFiles_AllOfThem_AreFinished()
    {
        foreach (string file in Files("*.cs", "*.props", "*.targets").Where(file => !Relative(file).StartsWith("tests", StringComparison.Ordinal)))
            foreach (string mark in Unfinished)
                Assert.IsFalse(File.ReadAllText(file).Contains(mark, StringComparison.Ordinal), $"{file} has a {mark}.");
    }

    [TestMethod]
    public void Solution_EveryProject_IsInIt()
    {
        string solution = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "MoEQuant.Build.sln")).Replace('\\', '/');

        foreach (string project in Files("*.csproj").Where(IsOurs).Select(Relative))
            Assert.IsTrue(solution.Contains($"\"{project}\"", StringComparison.Ordinal), $"{project} is not in MoEQuant.Build.sln.");
    }

    [TestMethod]
    public void Projects_PackageVersions_AreCentral()
    {
        foreach (string project in Files("*.csproj").Where(IsOurs))
            foreach (XElement reference in XDocument.Load(project).Descendants("PackageReference"))
                Assert.IsNull(reference.Attribute("Version"), $"{project}: {reference}");
    }

    // The projects in folders named Consumers are what users write.
    private static bool IsOurs(string project) => !Relative(project).Contains("/Consumers/", StringComparison.Ordinal);

    private static string Relative(string file) => Path.GetRelativePath(RepositoryPaths.Root, file).Replace('\\', '/');

    private static string[] Files(params string[] patterns)
    {
        string[] folders = ["build", "src", "sample-app", "tests", "bench"];
        string[] files =
        [
            .. from folder in folders
               let path = Path.Combine(RepositoryPaths.Root, folder)
               where Directory.Exists(path)
               from pattern in patterns
               from file in Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories)
               where !Relative(file).Split('/').Any(part => part is "obj" or "bin")
               select file,
        ];
        Assert.IsGreaterThan(5, files.Length, "The search is broken.");
        return files;
    }
}
