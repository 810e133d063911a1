using System.Diagnostics;
using System.Globalization;
using MoEQuant.Package.Tests.Consumer;
using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Package.Tests;

/// <summary>
/// The engine or MSBuild dies, or the disk is full, at a random moment of a build: a plain build afterwards succeeds and gives the bytes of an undisturbed one. Three moments by default;
/// the environment variable MOEQUANT_KILL_MOMENTS asks for more, MOEQUANT_KILL_SEED for others.
/// </summary>
[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed class KillTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static int Moments => Number("MOEQUANT_KILL_MOMENTS", 3);

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Build_DisturbedAtRandomMoments_IsRepairedByAPlainBuild()
    {
        int seed = Number("MOEQUANT_KILL_SEED", 1);
        Random random = new(seed);
        using ConsumerFolder consumer = new("ConsoleApp");
        consumer.RunSuccessfully("restore");
        Stopwatch watch = Stopwatch.StartNew();
        consumer.RunSuccessfully("build", "--no-restore");
        TimeSpan whole = watch.Elapsed;
        string[] files = [consumer.PathOf("obj", "Debug", "net10.0", "moequant", "TinyOlmoe.moeq"), consumer.PathOf("bin", "Debug", "net10.0", "ConsoleApp.dll")];
        byte[][] expected = [.. files.Select(File.ReadAllBytes)];

        for (int moment = 0; moment < Moments; moment++)
        {
            consumer.RunSuccessfully("clean");
            bool engine = moment % 2 == 0;
            TimeSpan delay = whole * (0.1 + 0.8 * random.NextDouble());
            TestContext.WriteLine($"Moment {moment} of seed {seed}: the {(engine ? "engine" : "build")} dies after {delay.TotalSeconds:F1} of {whole.TotalSeconds:F1} s.");
            Disturb(consumer, engine, delay);

            WaitUntil(() => RunningProcesses.WorkingIn(consumer.PathOf("obj")).Count == 0, "An engine outlives its build.");
            consumer.RunSuccessfully("build", "--no-restore");
            for (int i = 0; i < files.Length; i++)
                CollectionAssert.AreEqual(expected[i], File.ReadAllBytes(files[i]), files[i]);
            Assert.IsEmpty(Directory.GetFiles(Path.GetDirectoryName(files[0])!, "*.tmp"));
        }
    }

    [TestMethod]
    public void Build_DiskFull_SaysSoAndIsRepairedByAPlainBuild()
    {
        using TemporaryFolder place = new();
        string disk = Path.Combine(place.Path, "disk");
        Directory.CreateDirectory(disk);
        if (!TryRun("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk))
            Assert.Inconclusive("Mounting a small tmpfs takes rights that this process does not have.");
        try
        {
            using ConsumerFolder consumer = new("ConsoleApp");
            string[] arguments = ["--artifacts-path", disk];
            consumer.RunSuccessfully("restore", arguments);

            BuildResult full = consumer.Run("build", ["--no-restore", .. arguments]);
            Assert.AreNotEqual(0, full.ExitCode);
            Assert.StartsWith("MOEQ5022", full.Errors.Single());
            Assert.IsEmpty(Directory.GetFiles(disk, "*.tmp", SearchOption.AllDirectories));

            Assert.IsTrue(TryRun("mount", "-o", "remount,size=200m", disk));
            consumer.RunSuccessfully("build", ["--no-restore", .. arguments]);
            Assert.IsGreaterThan(20, consumer.RunProgram(disk, "bin", "ConsoleApp", "debug", "ConsoleApp.dll").Length);
        }
        finally
        {
            Assert.IsTrue(TryRun("umount", disk));
        }
    }

    private static void Disturb(ConsumerFolder consumer, bool engine, TimeSpan delay)
    {
        using ChildProcess build = consumer.Start("build", ["--no-restore"]);
        Thread.Sleep(delay);
        IReadOnlyList<int> engines = RunningProcesses.WorkingIn(consumer.PathOf("obj"));
        // Where no engine runs at this moment, the build itself is hit.
        int victim = engine && engines.Count > 0 ? engines[0] : build.Id;
        TryRun("kill", "-KILL", victim.ToString(CultureInfo.InvariantCulture));
        if (victim != build.Id)
            consumer.Finish(build);
        else
            WaitUntil(() => !Directory.Exists($"/proc/{build.Id}"), "The build was killed.");
    }

    private static bool TryRun(string program, params string[] arguments) => ChildProcess.Run(program, arguments, "/", null, Patience).ExitCode == 0;

    private static void WaitUntil(Func<bool> condition, string complaint)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.IsLessThan(Patience, watch.Elapsed, complaint);
            Thread.Sleep(100);
        }
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
