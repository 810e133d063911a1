using System.Diagnostics;
using MoEQuant.Quantizer.Hosting;
using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Quantizer.Tests.Hosting;

[TestClass]
public sealed class ParentWatchTests
{
    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public async Task RunAsync_ParentDies_Cancels()
    {
        using ChildProcess parent = ChildProcess.Start("sleep", ["1000"], Path.GetTempPath());
        using CancellationTokenSource cancellation = new();
        _ = ParentWatch.RunAsync($"{parent.Id}", cancellation, _ => { });
        await Task.Delay(200);
        Assert.IsFalse(cancellation.IsCancellationRequested, "It lives.");

        using (Process process = Process.GetProcessById(parent.Id))
            process.Kill();

        await WaitAsync(cancellation);
    }

    [TestMethod]
    public async Task RunAsync_ParentIsGoneAlready_Cancels()
    {
        using CancellationTokenSource cancellation = new();
        _ = ParentWatch.RunAsync($"{int.MaxValue}", cancellation, _ => { });

        await WaitAsync(cancellation);
    }

    [TestMethod]
    public async Task RunAsync_NoParent_WatchesNothing()
    {
        using CancellationTokenSource cancellation = new();

        await ParentWatch.RunAsync(null, cancellation, _ => Assert.Fail());

        Assert.IsFalse(cancellation.IsCancellationRequested);
    }

    private static async Task WaitAsync(CancellationTokenSource cancellation)
    {
        TaskCompletionSource cancelled = new();
        using CancellationTokenRegistration registration = cancellation.Token.Register(cancelled.SetResult);
        await cancelled.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }
}
