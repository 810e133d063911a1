using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace MoEQuant.Repository.Tests;

/// <summary>Who may know whom.</summary>
[TestClass]
public sealed class ReferenceTests
{
    [TestMethod]
    public void SourceFolders_AllOfThem_AreKnownHouses()
    {
        string[] projects = [.. Directory.GetFiles(Path.Combine(RepositoryPaths.Root, "src"), "*.csproj", SearchOption.AllDirectories)];

        CollectionAssert.AreEquivalent(House.Existing.Select(house => house.ProjectFile).ToArray(), projects);
    }

    [TestMethod]
    public void ProjectFiles_EveryHouse_ReferencesOnlyWhomItMayKnow()
    {
        foreach (House house in House.Existing)
        {
            IEnumerable<string> references = XDocument.Load(house.ProjectFile).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
            AssertAllowed(house, references);
        }
    }

    [TestMethod]
    public void Assemblies_EveryHouse_ReferencesOnlyWhomItMayKnow()
    {
        foreach (House house in House.Existing)
        {
            using PEReader assembly = new(File.OpenRead(house.AssemblyFile));
            MetadataReader metadata = assembly.GetMetadataReader();
            IEnumerable<string> references = metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name));
            AssertAllowed(house, references.Where(IsOurs).Select(name => House.All.Single(other => other.Assembly == name).Name));
        }
    }

    [TestMethod]
    public void Tasks_Assembly_LoadsInAnyMSBuildHost()
    {
        House tasks = House.All.Single(house => house.Name == "Tasks");
        using PEReader assembly = new(File.OpenRead(tasks.AssemblyFile));
        MetadataReader metadata = assembly.GetMetadataReader();

        CollectionAssert.AreEquivalent(
            new[] { "netstandard", "Microsoft.Build.Framework", "Microsoft.Build.Utilities.Core" },
            metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name)).ToArray());
        Assert.IsTrue(
            metadata.AssemblyReferences.Select(metadata.GetAssemblyReference).All(reference => reference.Version <= new Version(15, 1, 0, 0)),
            "MSBuild keeps its assembly version at 15.1 so that old tasks load in new hosts.");
    }

    private static bool IsOurs(string assembly) => assembly.StartsWith("MoEQuant", StringComparison.OrdinalIgnoreCase);

    private static void AssertAllowed(House house, IEnumerable<string> references)
    {
        foreach (string reference in references)
            Assert.Contains(reference, house.MayKnow, $"{house.Name} must not reference {reference}.");
    }
}
