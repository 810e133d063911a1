using System.Diagnostics;
using System.Globalization;

namespace MoEQuant.Quantizer.Hosting;

/// <summary>Ends the engine when the build that started it is gone. A build that is killed cannot do it, and an engine that nobody waits for would compute for an hour.</summary>
internal static class ParentWatch
{
    /// <summary>Environment variable: the process id of the starter. A build sets it; without it nothing is watched.</summary>
    public const string Variable = "MOEQUANT_PARENT_PROCESS";

    /// <summary>How long a cancelled run may take to delete what it left.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    /// <summary>Watches from now on.</summary>
    /// <param name="parent">The process id as text; null or unreadable means that there is nothing to watch.</param>
    /// <param name="cancellation">Cancelled when the process is gone.</param>
    /// <param name="exit">Ends this process if it still runs after the time for a clean end; tests hand in something else.</param>
    public static async Task RunAsync(string? parent, CancellationTokenSource cancellation, Action<int> exit)
    {
        if (!int.TryParse(parent, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            return;
        await WaitForEndAsync(id).ConfigureAwait(false);
        await cancellation.CancelAsync().ConfigureAwait(false);
        await Task.Delay(Grace).ConfigureAwait(false);
        exit(Cli.ExitCode.Cancelled);
    }

    private static async Task WaitForEndAsync(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            await process.WaitForExitAsync().ConfigureAwait(false);
        }
        catch (ArgumentException)
        {
            // It was gone before the first look.
        }
    }
}
