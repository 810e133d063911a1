using MoEQuant.Package.Tests.Consumer;

namespace MoEQuant.Package.Tests;

/// <summary>The disk is full at a random moment of a build; see <see cref="RandomMoments"/>. Whoever meets it says so, and a plain build repairs what is there once there is room.</summary>
[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed class FullDiskTests
{
    private const long Room = 200_000_000;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Build_DiskFullAtRandomMoments_SaysSoAndIsRepairedByAPlainBuild()
    {
        Random random = new(RandomMoments.Seed);
        using SmallDisk disk = new(Room);
        using ConsumerFolder consumer = new("ConsoleApp");
        // Whatever builds write is on this disk.
        string[] place = ["--artifacts-path", disk.Path];
        string cache = consumer.UseCache(Path.Combine(disk.Path, "cache"));
        consumer.RunSuccessfully("restore", place);
        consumer.RunSuccessfully("build", ["--no-restore", .. place]);
        BuiltFiles undisturbed = BuiltFiles.Of(Path.Combine(disk.Path, "obj", "ConsoleApp", "debug"), Path.Combine(disk.Path, "bin", "ConsoleApp", "debug"));
        long full = disk.UsedBytes;

        for (int moment = 0; moment < RandomMoments.Count; moment++)
        {
            consumer.RunSuccessfully("clean", place);
            Directory.Delete(cache, recursive: true);
            long empty = disk.UsedBytes;
            // From nothing to all but a few files of some kilobytes, in as many parts as there are moments, so that each of those who write is met.
            double fraction = 0.99 * (moment + random.NextDouble()) / RandomMoments.Count;
            disk.Resize(empty + (long)(fraction * (full - empty)));
            // The SDK would try to copy again for ten seconds.
            BuildResult result = consumer.Run("build", ["--no-restore", "-p:CopyRetryCount=0", .. place]);
            TestContext.WriteLine($"Moment {moment} of seed {RandomMoments.Seed}: {fraction:P1} of {(full - empty) / 1e6:F1} MB fit: {string.Join(" | ", result.Warnings.Concat(result.Errors))}");

            if (result.ExitCode == 0)
                Assert.IsTrue(result.Warnings.Any(warning => warning.StartsWith("MOEQ3080", StringComparison.Ordinal)), "Only the cache can do with less.");
            else
                AssertCoded(result);
            Assert.IsEmpty(RunningProcesses.WorkingIn(disk.Path));
            Assert.IsEmpty(Directory.GetFiles(disk.Path, "*.tmp", SearchOption.AllDirectories));
            disk.Resize(Room);
            consumer.RunSuccessfully("build", ["--no-restore", .. place]);
            undisturbed.AssertUnchanged();
        }
    }

    // Whoever comes to the end of the disk reports it in its own words: the engine, a task of ours, the compiler, a task of the SDK. None of ours may fall over it.
    private static void AssertCoded(BuildResult failed)
    {
        Assert.IsNotEmpty(failed.Errors, failed.Output);
        foreach (string error in failed.Errors)
        {
            Assert.MatchesRegex("^[A-Z]+[0-9]{4}: ", error);
            if (error.StartsWith("MOEQ", StringComparison.Ordinal))
                Assert.MatchesRegex("^MOEQ(5022|4013): ", error);
            Assert.IsFalse(error.StartsWith("MSB4018", StringComparison.Ordinal) && error.Contains("MoE", StringComparison.Ordinal), error);
        }
    }
}
