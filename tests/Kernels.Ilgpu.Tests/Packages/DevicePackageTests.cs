using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MoEQuant.Quantizer.Tests.Pipeline;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>MoEQuant.Kernels.Ilgpu as a package: what is in it, and an app outside the checkout that uses it.</summary>
[TestClass]
public sealed partial class DevicePackageTests
{
    private const string Id = "MoEQuant.Kernels.Ilgpu";

    private static DevicePackages? s_packages;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static void Pack(TestContext context) => s_packages = new DevicePackages();

    [ClassCleanup]
    public static void Delete() => s_packages?.Dispose();

    [TestMethod]
    public void Package_OfTheDevice_SaysWhatItIsAndNeeds()
    {
        using ZipArchive package = ZipFile.OpenRead(s_packages!.FileOf(Id));
        foreach (string file in (string[])["README.md", "LICENSE", $"lib/net10.0/{Id}.dll", $"lib/net10.0/{Id}.xml"])
            Assert.IsNotNull(package.GetEntry(file), file);
        using Stream nuspec = package.GetEntry(Id + ".nuspec")!.Open();
        XElement metadata = XDocument.Load(nuspec).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
        Assert.AreEqual("MIT", metadata.Elements().Single(element => element.Name.LocalName == "license").Value);
        Dictionary<string, string> dependencies = metadata.Descendants().Where(element => element.Name.LocalName == "dependency")
            .ToDictionary(element => element.Attribute("id")!.Value, element => element.Attribute("version")!.Value);
        CollectionAssert.AreEquivalent(
            new Dictionary<string, string> { ["ILGPU"] = "1.5.3", ["MoEQuant.Format"] = s_packages!.Version, ["MoEQuant.Kernels"] = s_packages!.Version }, dependencies);
    }

    [TestMethod]
    public void App_WithTheReadmesLines_CompilesAndWritesTheProcessorsText()
    {
        string readme = Snippet().Matches(File.ReadAllText(Path.Combine(RepositoryPaths.Root, "README.md"))).Select(match => match.Groups[1].Value).Single(block => block.Contains(Id, StringComparison.Ordinal));
        string[] lines = readme.Split('\n'), usings = [.. lines.Where(line => UsingDirective().IsMatch(line))];
        s_packages!.Build($$"""
            {{string.Join('\n', usings)}}
            using MoEQuant.Kernels.Devices;
            using MoEQuant.Runtime.Generation;

            if (args.Length == 0)
            {
            {{string.Join('\n', lines.Except(usings))}}
                return;
            }

            using ComputeDevice interpreter = IlgpuDevice.Create(IlgpuAcceleratorKind.Cpu);
            foreach (ComputeDevice? choice in new[] { null, interpreter })
            {
                using MoEModel written = MoEModel.Load(args[0], new MoEModelOptions { Device = choice, ContextLength = 16, ActivationPrecision = ActivationPrecision.Exact });
                await foreach (GeneratedToken token in written.GenerateAsync("Once", new GenerationOptions { MaxTokens = 3, Temperature = 0 }))
                    Console.Write($"{token.Id} ");
                Console.WriteLine();
            }
            """);
        using TemporaryFolder checkpoint = new();
        SmallCheckpoint.Write(checkpoint.Path, deviation: 0.5);
        using PackedCheckpoint packed = new(checkpoint.Path);

        string[] texts = s_packages!.RunApp(packed.Path).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        Assert.HasCount(2, texts);
        Assert.HasCount(3, texts[0].Split(' '), "Three tokens were asked for.");
        Assert.AreEqual(texts[0], texts[1]);
        TestContext.WriteLine($"tokens on both: {texts[0]}");
    }

    [GeneratedRegex(@"^```csharp\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Snippet();

    [GeneratedRegex(@"^using [A-Z][\w.]*;$")]
    private static partial Regex UsingDirective();
}
