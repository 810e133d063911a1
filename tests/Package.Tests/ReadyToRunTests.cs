using System.Globalization;
using System.IO.Compression;
using System.Reflection.PortableExecutable;
using MoEQuant.Package.Tests.Consumer;
using MoEQuant.Package.Tests.Feed;

namespace MoEQuant.Package.Tests;

/// <summary>The packages' images with machine code: that they are there, that apps run them, and what packing does without their compiler.</summary>
[TestClass]
public sealed class ReadyToRunTests
{
    private static readonly string[] Ids = ["MoEQuant.Format", "MoEQuant.Kernels", "MoEQuant.Runtime"];

    private static readonly Dictionary<string, Machine> Machines = new()
    {
        ["linux-x64"] = Machine.Amd64,
        ["linux-arm64"] = Machine.Arm64,
        ["win-x64"] = Machine.Amd64,
        ["osx-arm64"] = Machine.Arm64,
    };

    [TestMethod]
    public void Packages_OfLibraries_HoldPlainAssemblyAndImages()
    {
        RequireCompiler();
        foreach (string id in Ids)
        {
            using ZipArchive package = PackageFeed.Open(id);
            Assert.IsFalse(HasMachineCode(package, $"lib/net10.0/{id}.dll", out _), $"{id}: what runs anywhere has no machine code.");
            foreach ((string runtime, Machine machine) in Machines)
            {
                Assert.IsTrue(HasMachineCode(package, $"runtimes/{runtime}/lib/net10.0/{id}.dll", out Machine found), $"{id}, {runtime}");
                // Other systems than Windows are noted in the same field.
                Machine expected = (Machine)((ushort)machine ^ (runtime.StartsWith("linux", StringComparison.Ordinal) ? 0x7B79 : runtime.StartsWith("osx", StringComparison.Ordinal) ? 0x4644 : 0));
                Assert.AreEqual(expected, found, $"{id}, {runtime}");
            }
        }
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void App_PublishedFrameworkDependent_RunsTheImages()
    {
        RequireCompiler();
        string[] image = ["runtimes", Platform.RuntimeIdentifier, "lib", "net10.0"];
        using ConsumerFolder consumer = new("ConsoleApp");
        consumer.Edit("Program.cs", "    Console.WriteLine();", "    Console.WriteLine();\n    Console.WriteLine(System.Runtime.JitInfo.GetCompiledMethodCount());");
        consumer.RunSuccessfully("publish", "-o", "portable");
        consumer.RunSuccessfully("publish", "-r", Platform.RuntimeIdentifier, "--no-self-contained", "-o", "specific");

        Assert.IsFalse(Directory.Exists(consumer.PathOf("specific", "runtimes")), "One platform's image is the assembly itself.");
        (string text, int compiled) = Run(consumer, "portable");
        (string specificText, int specificCompiled) = Run(consumer, "specific");
        // The same program, where the images hold no machine code.
        foreach (string id in Ids)
            File.Copy(consumer.PathOf("portable", id + ".dll"), consumer.PathOf(["portable", .. image, id + ".dll"]), overwrite: true);
        (string plainText, int plainCompiled) = Run(consumer, "portable");

        Assert.AreEqual(plainText, text);
        Assert.AreEqual(plainText, specificText);
        Assert.IsLessThan(plainCompiled / 2, compiled, $"Methods compiled at run time, of {plainCompiled} without images.");
        Assert.IsLessThan(plainCompiled / 2, specificCompiled, $"Methods compiled at run time, of {plainCompiled} without images.");
    }

    [TestMethod]
    public void Pack_WithoutCompiler_SaysSoAndGivesPlainPackages()
    {
        using TemporaryFolder folder = new();

        string output = PackageFeed.Pack(folder.Path, "-p:MoEQuantReadyToRunRuntimes=nowhere-x64", $"-p:ReadyToRunFolder={folder.File("images")}");

        Assert.Contains("The packages will hold no ReadyToRun images", output);
        foreach (string id in Ids)
        {
            using ZipArchive package = ZipFile.OpenRead(Directory.GetFiles(folder.Path, id + ".*.nupkg").Single());
            CollectionAssert.AreEqual(new[] { $"lib/net10.0/{id}.dll" }, package.Entries.Select(entry => entry.FullName).Where(name => name.EndsWith(".dll", StringComparison.Ordinal)).ToArray());
        }
    }

    private static void RequireCompiler() =>
        MachinePackages.Require("-p:PublishReadyToRun=true", "-p:SelfContained=false", $"-p:RuntimeIdentifiers=\"{string.Join(';', Machines.Keys)}\"");

    private static (string Text, int Compiled) Run(ConsumerFolder consumer, string folder)
    {
        string[] lines = consumer.RunProgram(folder, "ConsoleApp.dll").TrimEnd().Split('\n');
        return (string.Join('\n', lines[..^1]), int.Parse(lines[^1], CultureInfo.InvariantCulture));
    }

    private static bool HasMachineCode(ZipArchive package, string file, out Machine machine)
    {
        using MemoryStream content = new();
        using (Stream stream = package.GetEntry(file)!.Open())
            stream.CopyTo(content);
        content.Position = 0;
        using PEReader assembly = new(content);
        machine = assembly.PEHeaders.CoffHeader.Machine;
        return assembly.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0;
    }
}
