using System.Diagnostics;
using System.Globalization;

namespace MoEQuant.Build.Tests.Consumer;

/// <summary>What Ctrl-C sends. .NET itself can only kill.</summary>
internal static class Signals
{
    public static void Interrupt(int pid)
    {
        using Process kill = Process.Start("kill", ["-INT", pid.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.AreEqual(0, kill.ExitCode);
    }
}
