using System.Diagnostics;
using MoEQuant.Build.Tasks.Engine;

namespace MoEQuant.Tasks.Tests.Engine;

[TestClass]
public sealed class OutputLockTests
{
    [TestMethod]
    public void Acquire_Free_DoesNotWait()
    {
        using TemporaryFolder folder = new();

        for (int i = 0; i < 2; i++)
            using (OutputLock.Acquire(folder.File("obj/x.moeq"), () => Assert.Fail("Nobody holds it."), () => false))
                Assert.IsTrue(File.Exists(folder.File("obj/x.moeq.lock")));
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Acquire_Held_WaitsUntilReleased()
    {
        using TemporaryFolder folder = new();
        OutputLock first = OutputLock.Acquire(folder.File("x.moeq"), () => { }, () => false);
        TaskCompletionSource told = new();
        Task<OutputLock> second = Task.Run(() => OutputLock.Acquire(folder.File("x.moeq"), told.SetResult, () => false));

        await told.Task;
        Assert.IsFalse(second.IsCompleted);
        first.Dispose();

        (await second).Dispose();
    }

    [TestMethod]
    public void Acquire_CancelledWhileWaiting_Ends()
    {
        using TemporaryFolder folder = new();
        using OutputLock first = OutputLock.Acquire(folder.File("x.moeq"), () => { }, () => false);
        bool cancelled = false;
        Stopwatch watch = Stopwatch.StartNew();

        Assert.ThrowsExactly<OperationCanceledException>(() => OutputLock.Acquire(folder.File("x.moeq"), () => cancelled = true, () => cancelled));
        Assert.IsLessThan(TimeSpan.FromSeconds(20), watch.Elapsed);
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public void Acquire_FileThatCanNeverBeOpened_FailsInsteadOfWaiting()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("x.moeq.lock"));

        Assert.Throws<UnauthorizedAccessException>(() => OutputLock.Acquire(folder.File("x.moeq"), () => Assert.Fail("This is not another build."), () => false));
    }
}
