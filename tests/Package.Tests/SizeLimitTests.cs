using MoEQuant.Package.Tests.Consumer;
using MoEQuant.Package.Tests.Feed;

namespace MoEQuant.Package.Tests;

/// <summary>More than a single file or a native image can hold is refused before the bundler and the linker, which would write a damaged file. The large files are holes.</summary>
[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed class SizeLimitTests
{
    [TestMethod]
    public void SingleFile_TooLarge_IsRefusedBeforeTheBundler()
    {
        using ConsumerFolder consumer = new("ConsoleApp");
        WriteHole(consumer.PathOf("data.bin"), 2_200_000_000);
        consumer.Edit("ConsoleApp.csproj", "</ItemGroup>", """<Content Include="data.bin" CopyToPublishDirectory="PreserveNewest" /></ItemGroup>""");

        BuildResult result = consumer.Run(
            "publish", "-r", Platform.RuntimeIdentifier, "--no-self-contained", "-p:PublishSingleFile=true", "-p:IncludeAllContentForSelfExtract=true", "-o", "published");

        Assert.AreEqual(1, result.ExitCode);
        string error = result.Errors.Single();
        Assert.StartsWith("MOEQ4041: The files of the single file have 2,2", error);
        Assert.Contains("the largest is data.bin with 2,200,000,000 bytes", error);
        Assert.AreEqual(0, result.CountTask("GenerateBundle"));
        Assert.IsFalse(File.Exists(consumer.PathOf("published", "ConsoleApp")));
    }

    [TestMethod]
    public void NativeImage_TooLarge_IsRefusedBeforeTheNativeCompiler()
    {
        string[] native = ["-p:PublishAot=true", .. Platform.NativeLinkerProperties()];
        MachinePackages.Require(native);
        using ConsumerFolder consumer = new("ConsoleApp");
        // An assembly as large as the compiler can still reference; with those of .NET it is too much.
        Directory.CreateDirectory(consumer.PathOf("lib"));
        string library = consumer.PathOf("lib", "MoEQuant.Large.dll");
        File.Copy(typeof(TemporaryFolder).Assembly.Location, library);
        WriteHole(library, int.MaxValue - 1);
        consumer.Edit("ConsoleApp.csproj", "</ItemGroup>", """<Reference Include="lib/MoEQuant.Large.dll" /></ItemGroup>""");

        BuildResult result = consumer.Run("publish", ["-r", Platform.RuntimeIdentifier, .. native, "-p:CreateHardLinksForCopyLocalIfPossible=true", "-o", "published"]);

        Assert.AreEqual(1, result.ExitCode);
        string error = result.Errors.Single();
        Assert.StartsWith("MOEQ4042: The assemblies of the native image have 2,", error);
        Assert.Contains("the largest is MoEQuant.Large.dll with 2,147,483,646 bytes", error);
        Assert.IsEmpty(Directory.GetFiles(consumer.PathOf("obj"), "ConsoleApp.o", SearchOption.AllDirectories), "Nothing was compiled natively.");
    }

    private static void WriteHole(string path, long length)
    {
        using FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.Write);
        file.SetLength(length);
    }
}
