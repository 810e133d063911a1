using System.IO.Compression;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using MoEQuant.Package.Tests.Feed;

namespace MoEQuant.Package.Tests;

/// <summary>What is in the packages.</summary>
[TestClass]
public sealed class PackageContentTests
{
    private static readonly string[] Ids = ["MoEQuant.Build", "MoEQuant.Runtime", "MoEQuant.Kernels", "MoEQuant.Format", "moequant"];

    [TestMethod]
    public void Packages_AllOfThem_SayWhatTheyAre()
    {
        CollectionAssert.AreEquivalent(Ids, Directory.GetFiles(PackageFeed.Folder).Select(file => Path.GetFileName(file).Replace($".{PackageFeed.Version}.nupkg", "")).ToArray());
        foreach (string id in Ids)
        {
            using ZipArchive package = PackageFeed.Open(id);
            Assert.IsNotNull(package.GetEntry("LICENSE"), id);
            Assert.IsNotNull(package.GetEntry("README.md"), id);
            XElement metadata = Metadata(package, id);
            Assert.AreEqual("MIT", Value(metadata, "license"), id);
            Assert.AreEqual("README.md", Value(metadata, "readme"), id);
            Assert.IsGreaterThan(40, Value(metadata, "description")!.Length, id);
        }
    }

    [TestMethod]
    public void Build_ToolsAndTargets_AreWhereNuGetAndTheTargetsLookForThem()
    {
        using ZipArchive package = PackageFeed.Open("MoEQuant.Build");
        string[] files = [.. package.Entries.Select(entry => entry.FullName)];
        foreach (string file in (string[])["build/MoEQuant.Build.props", "build/MoEQuant.Build.targets", "buildTransitive/MoEQuant.Build.props", "buildTransitive/MoEQuant.Build.targets"])
            Assert.Contains(file, files);

        string tasks = files.Single(file => file.StartsWith("tools/netstandard2.0/", StringComparison.Ordinal));
        Assert.MatchesRegex("^tools/netstandard2.0/[0-9a-f]{16}/MoEQuant.Build.Tasks.dll$", tasks);
        foreach (string file in (string[])["moequant.dll", "moequant.deps.json", "moequant.runtimeconfig.json", "MoEQuant.Runtime.dll", "MoEQuant.Kernels.dll", "MoEQuant.Format.dll"])
            Assert.Contains("tools/net10.0/" + file, files);
        using StreamReader configuration = new(package.GetEntry("tools/net10.0/moequant.runtimeconfig.json")!.Open());
        Assert.Contains("\"rollForward\": \"Major\"", configuration.ReadToEnd());
        Assert.IsFalse(files.Any(file => file.StartsWith("lib/", StringComparison.Ordinal)), "It has no library of its own.");
    }

    [TestMethod]
    public void Assemblies_OfAllPackages_CarryTheirSymbolsAndAreReproducible()
    {
        foreach (string id in Ids)
        {
            using ZipArchive package = PackageFeed.Open(id);
            ZipArchiveEntry[] assemblies = [.. package.Entries.Where(entry => entry.Name.StartsWith("moequant", StringComparison.OrdinalIgnoreCase) && entry.Name.EndsWith(".dll", StringComparison.Ordinal))];
            Assert.IsNotEmpty(assemblies, id);
            foreach (ZipArchiveEntry entry in assemblies)
            {
                using MemoryStream content = new();
                using (Stream stream = entry.Open())
                    stream.CopyTo(content);
                using PEReader assembly = new(new MemoryStream(content.ToArray()));
                DebugDirectoryEntryType[] types = [.. assembly.ReadDebugDirectory().Select(debug => debug.Type)];
                Assert.Contains(DebugDirectoryEntryType.EmbeddedPortablePdb, types, entry.FullName);
                Assert.Contains(DebugDirectoryEntryType.Reproducible, types, entry.FullName);
            }
        }
    }

    // docs/decisions/0010: the flag would hide the runtime from the compiler and from apps that reference a library.
    [TestMethod]
    public void Build_Dependencies_BringTheRuntime()
    {
        using ZipArchive package = PackageFeed.Open("MoEQuant.Build");
        XElement metadata = Metadata(package, "MoEQuant.Build");
        XElement runtime = metadata.Descendants().Single(element => element.Name.LocalName == "dependency" && element.Attribute("id")!.Value == "MoEQuant.Runtime");

        Assert.AreEqual(PackageFeed.Version, runtime.Attribute("version")!.Value);
        Assert.AreEqual("Build,Analyzers", runtime.Attribute("exclude")!.Value, "Nothing that an app needs.");
        Assert.IsNull(Value(metadata, "developmentDependency"));
    }

    [TestMethod]
    public void Pack_Twice_GivesTheSameBytes()
    {
        using TemporaryFolder again = new();
        PackageFeed.Pack(again.Path, $"-p:ReadyToRunFolder={again.File("images")}");

        foreach (string id in Ids)
            CollectionAssert.AreEqual(File.ReadAllBytes(PackageFeed.FileOf(id)), File.ReadAllBytes(again.File(Path.GetFileName(PackageFeed.FileOf(id)))), id);
    }

    private static XElement Metadata(ZipArchive package, string id)
    {
        using Stream nuspec = package.GetEntry(id + ".nuspec")!.Open();
        return XDocument.Load(nuspec).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
    }

    private static string? Value(XElement metadata, string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value;
}
