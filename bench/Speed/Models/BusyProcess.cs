using System.Diagnostics;

namespace MoEQuant.Speed.Models;

/// <summary>A process that keeps one core busy as long as this object lives.</summary>
internal sealed class BusyProcess : IDisposable
{
    /// <summary>The hidden command of this program that the process runs.</summary>
    public const string Command = "spin";

    private readonly Process _process;

    public BusyProcess()
    {
        // Its input ends when this process does, however that happens: nothing spins on after a crash.
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        start.ArgumentList.Add(Command);
        _process = Process.Start(start)!;
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
            _process.ProcessorAffinity = 1;
    }

    /// <summary>What the process does.</summary>
    public static void Spin()
    {
        using CancellationTokenSource ended = new();
        Thread watch = new(() =>
        {
            while (Console.In.Read() >= 0)
            {
            }

            ended.Cancel();
        })
        { IsBackground = true };
        watch.Start();
        while (!ended.IsCancellationRequested)
            Thread.SpinWait(1000);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
