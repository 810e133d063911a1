using System.Diagnostics;
using System.Globalization;
using MoEQuant.Package.Tests.Consumer;
using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Package.Tests;

/// <summary>The engine or MSBuild dies at a random moment of a build; see <see cref="RandomMoments"/>. A plain build afterwards succeeds and gives the bytes of an undisturbed one.</summary>
[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed class KillTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Build_KilledAtRandomMoments_IsRepairedByAPlainBuild()
    {
        Random random = new(RandomMoments.Seed);
        using ConsumerFolder consumer = new("ConsoleApp");
        string cache = consumer.UseCache();
        consumer.RunSuccessfully("restore");
        Stopwatch watch = Stopwatch.StartNew();
        BuildResult whole = consumer.RunSuccessfully("build", "--no-restore");
        TimeSpan build = watch.Elapsed, engine = whole.TimeInTask("QuantizeMoEModel");
        BuiltFiles undisturbed = BuiltFiles.Of(consumer.PathOf("obj", "Debug", "net10.0"), consumer.PathOf("bin", "Debug", "net10.0"));

        for (int moment = 0; moment < RandomMoments.Count;)
        {
            consumer.RunSuccessfully("clean");
            // The disturbed build makes everything; the plain one after it begins with what that has finished.
            Directory.Delete(cache, recursive: true);
            double fraction = random.NextDouble();
            bool hitsEngine = moment % 2 == 0;
            string? what = hitsEngine ? KillEngine(consumer, fraction * engine) : KillBuild(consumer, fraction * build);
            if (what is null)
            {
                // Too late: the machine has become faster, and this was no moment.
                (build, engine) = hitsEngine ? (build, 0.8 * engine) : (0.8 * build, engine);
                continue;
            }

            WaitUntil(() => RunningProcesses.WorkingIn(consumer.Folder).Count == 0, "A process outlives its build.");
            string resumed = Resumed(consumer.RunSuccessfully("build", "--no-restore"));
            TestContext.WriteLine($"Moment {moment++} of seed {RandomMoments.Seed}: {what}, {fraction:P0} of what it takes undisturbed; then {resumed}");
            undisturbed.AssertUnchanged();
        }
    }

    private static string Resumed(BuildResult result) => result.Output.Split('\n').FirstOrDefault(line => line.Contains("came from the cache", StringComparison.Ordinal))?.Trim() ?? "nothing of the model came from the cache.";

    /// <returns>What was hit, or null if nothing was.</returns>
    private static string? KillEngine(ConsumerFolder consumer, TimeSpan delay)
    {
        using ChildProcess build = consumer.Start("build", ["--no-restore"]);
        WaitUntil(() => build.HasExited || EnginesOf(consumer).Count > 0, "No engine has started.");
        Thread.Sleep(delay);
        bool killed = EnginesOf(consumer) is [int engine, ..] && Kill(engine);
        BuildResult result = consumer.Finish(build);
        if (!killed)
            return null;
        Assert.StartsWith("MOEQ4010: The engine ended with exit code 137", result.Errors.Single());
        return $"the engine died after {delay.TotalSeconds:F1} s";
    }

    /// <returns>What was hit, or null if nothing was.</returns>
    private static string? KillBuild(ConsumerFolder consumer, TimeSpan delay)
    {
        using ChildProcess build = consumer.Start("build", ["--no-restore"]);
        Thread.Sleep(delay);
        bool working = EnginesOf(consumer).Count > 0, killed = Kill(build.Id);
        WaitUntil(() => build.HasExited, "The build was killed.");
        return killed ? $"the build died after {delay.TotalSeconds:F1} s {(working ? "with" : "without")} a working engine" : null;
    }

    // The engine works beside the packed file.
    private static IReadOnlyList<int> EnginesOf(ConsumerFolder consumer) => RunningProcesses.WorkingIn(consumer.PathOf("obj"));

    private static bool Kill(int process) => ChildProcess.Run("kill", ["-KILL", process.ToString(CultureInfo.InvariantCulture)], "/", null, Patience).ExitCode == 0;

    private static void WaitUntil(Func<bool> condition, string complaint)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.IsLessThan(Patience, watch.Elapsed, complaint);
            Thread.Sleep(50);
        }
    }
}
