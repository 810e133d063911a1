using MoEQuant.Package.Tests.Consumer;
using MoEQuant.Package.Tests.Feed;

namespace MoEQuant.Package.Tests;

/// <summary>Versions that cannot work together are refused before anything is packed.</summary>
[TestClass]
public sealed class VersionTests
{
    [TestMethod]
    public void Build_RuntimeOfAnotherMinorVersion_IsRefusedWithBothVersions()
    {
        using TemporaryFolder packages = new();
        PackageFeed.Pack(packages.File("feed"), "-p:PackageVersion=0.99.0");
        using ConsumerFolder consumer = new("ConsoleApp") { UnpackedPackages = packages.File("unpacked") };
        consumer.Edit("nuget.config", "<clear /><add key=\"feed\"", $"<clear /><add key=\"other\" value=\"{packages.File("feed")}\" /><add key=\"feed\"");
        consumer.Edit("ConsoleApp.csproj", "</ItemGroup>", """<PackageReference Include="MoEQuant.Runtime" Version="0.99.0" /></ItemGroup>""");

        BuildResult result = consumer.Run("build");

        Assert.AreEqual(1, result.ExitCode);
        string error = result.Errors.Single();
        Assert.StartsWith("MOEQ2090: The project references MoEQuant.Runtime 0.99.0; the files that MoEQuant.Build 0.1.0 packs need a version in [0.1.0,0.2.0).", error);
        Assert.Contains("Reference MoEQuant.Build and MoEQuant.Runtime in the same version", error);
        Assert.AreEqual(0, result.CountTask("QuantizeMoEModel"));
        Assert.DoesNotContain("exited with code", result.Output);
    }

    [TestMethod]
    public void Build_RuntimeHiddenFromTheCompiler_IsRefused()
    {
        using ConsumerFolder consumer = new("ConsoleApp");
        consumer.Edit("ConsoleApp.csproj", $"Version=\"{PackageFeed.Version}\"", $"Version=\"{PackageFeed.Version}\" IncludeAssets=\"build\"");

        BuildResult result = consumer.Run("build");

        Assert.StartsWith("MOEQ4046", result.Errors.Single());
        Assert.AreEqual(0, result.CountTask("QuantizeMoEModel"));
    }
}
