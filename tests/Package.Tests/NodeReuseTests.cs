using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using MoEQuant.Package.Tests.Consumer;
using MoEQuant.Package.Tests.Feed;

namespace MoEQuant.Package.Tests;

/// <summary>Build nodes and MSBuild's server live on after a build and keep what they loaded.</summary>
[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed class NodeReuseTests
{
    private const string OldText = "does not exist.";
    // As long as the old one: it takes its place in the assembly.
    private const string NewText = "is not there !!";

    [TestMethod]
    public void Build_InTheServer_PacksAndHasNothingToDoTheSecondTime()
    {
        string salt = Guid.NewGuid().ToString("N");
        using ConsumerFolder consumer = new("ConsoleApp");
        UseServer(consumer, salt);
        try
        {
            consumer.RunSuccessfully("restore", "-nodeReuse:true");
            Assert.AreEqual(1, consumer.RunSuccessfully("build", "--no-restore", "-nodeReuse:true").CountTask("QuantizeMoEModel"));
            Assert.IsNotEmpty(RunningProcesses.WithEnvironment(salt), "The server lives on.");
            string text = consumer.RunProgram("bin", "Debug", "net10.0", "ConsoleApp.dll");
            Assert.IsGreaterThan(20, text.Length, text);
            Assert.AreEqual(0, consumer.RunSuccessfully("build", "--no-restore", "-nodeReuse:true").CountTask("QuantizeMoEModel"));

            // A server that has built the project before sees what has changed since, and shows the engine's error once.
            File.AppendAllText(consumer.PathOf("models", "tiny-olmoe", "model.safetensors"), "x");
            BuildResult failed = consumer.Run("build", "--no-restore", "-nodeReuse:true");
            Assert.StartsWith("MOEQ10", failed.Errors.Single());
            Assert.DoesNotContain("exited with code", failed.Output);
        }
        finally
        {
            EndServer(salt);
        }
    }

    // The package is built again under the same version, with one text changed in the task assembly; the server of the first build runs the second.
    [TestMethod]
    public void Build_PackageRebuiltUnderTheSameVersion_RunsItsTasksInTheOldServer()
    {
        string salt = Guid.NewGuid().ToString("N");
        using TemporaryFolder packages = new();
        using ConsumerFolder consumer = new("ConsoleApp") { UnpackedPackages = packages.File("unpacked") };
        UseServer(consumer, salt);
        consumer.Edit("ConsoleApp.csproj", "models/tiny-olmoe", "models/missing");
        try
        {
            consumer.RunSuccessfully("restore", "-nodeReuse:true");
            Assert.Contains(OldText, consumer.Run("build", "--no-restore", "-nodeReuse:true").Errors.Single());
            IReadOnlyList<int> servers = RunningProcesses.WithEnvironment(salt);
            Assert.IsNotEmpty(servers, "It lives on.");

            Directory.CreateDirectory(packages.File("feed"));
            RebuildPackage(packages.File("feed"));
            Directory.Delete(packages.File("unpacked/moequant.build"), recursive: true);
            consumer.Edit("nuget.config", PackageFeed.Folder, packages.File("feed"));
            consumer.RunSuccessfully("restore", "--force", "-nodeReuse:true");
            Assert.Contains(NewText, consumer.Run("build", "--no-restore", "-nodeReuse:true").Errors.Single());
            Assert.IsTrue(servers.Any(server => RunningProcesses.WithEnvironment(salt).Contains(server)), "The same server.");
        }
        finally
        {
            EndServer(salt);
        }
    }

    // A server of its own, which builds in its own process. Ordinary nodes keep assemblies in the same way, but end early where many builds run.
    private static void UseServer(ConsumerFolder consumer, string salt)
    {
        consumer.Variables["MSBUILDNODEHANDSHAKESALT"] = salt;
        consumer.Variables["DOTNET_CLI_USE_MSBUILD_SERVER"] = "1";
        consumer.Variables["MSBUILDDISABLENODEREUSE"] = null;
    }

    private static void EndServer(string salt)
    {
        foreach (int server in RunningProcesses.WithEnvironment(salt))
            using (Process process = Process.GetProcessById(server))
                process.Kill();
    }

    private static void RebuildPackage(string feed)
    {
        foreach (string package in Directory.GetFiles(PackageFeed.Folder))
            File.Copy(package, Path.Combine(feed, Path.GetFileName(package)));
        using ZipArchive archive = ZipFile.Open(Path.Combine(feed, Path.GetFileName(PackageFeed.FileOf("MoEQuant.Build"))), ZipArchiveMode.Update);
        ZipArchiveEntry tasks = archive.Entries.Single(entry => entry.Name == "MoEQuant.Build.Tasks.dll");
        byte[] content = Read(tasks);
        int place = content.AsSpan().IndexOf(Encoding.Unicode.GetBytes(OldText));
        Assert.IsGreaterThan(0, place);
        Encoding.Unicode.GetBytes(NewText).CopyTo(content, place);
        string oldHash = tasks.FullName.Split('/')[^2], newHash = Convert.ToHexStringLower(SHA256.HashData(content))[..16];
        Write(archive, tasks, tasks.FullName.Replace(oldHash, newHash, StringComparison.Ordinal), content);
        ZipArchiveEntry props = archive.Entries.Single(entry => entry.Name == "MoEQuant.Build.Tasks.props");
        Write(archive, props, props.FullName, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Read(props)).Replace(oldHash, newHash, StringComparison.Ordinal)));
    }

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        using MemoryStream content = new();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private static void Write(ZipArchive archive, ZipArchiveEntry old, string name, byte[] content)
    {
        old.Delete();
        using Stream stream = archive.CreateEntry(name).Open();
        stream.Write(content);
    }
}
