using System.Runtime.InteropServices;
using System.Text;
using MoEQuant.Quantizer.Algorithms.Devices;
using MoEQuant.Quantizer.Cli;

namespace MoEQuant.Quantizer.Hosting;

/// <summary>The engine as a process: the console's encoding, the signals that end it, and the starter whose death does.</summary>
internal static class EngineProcess
{
    /// <summary>Runs one command line and returns its exit code.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="devices">What it can compute on besides the managed device.</param>
    public static async Task<int> RunAsync(string[] arguments, IReadOnlyList<NumericDevice> devices)
    {
        // UTF-8 wherever the output goes: generated text is not ASCII.
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        using CancellationTokenSource cancellation = new();

        // The first signal asks for a clean end; a second one ends the process at once.
        void Cancel(PosixSignalContext context)
        {
            context.Cancel = !cancellation.IsCancellationRequested;
            cancellation.Cancel();
        }

        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        _ = ParentWatch.RunAsync(Environment.GetEnvironmentVariable(ParentWatch.Variable), cancellation, Environment.Exit);
        CliHost host = new(Console.Out, Console.Error, Interactive: !Console.IsOutputRedirected) { Devices = devices };
        return await new Tool(host).RunAsync(arguments, cancellation.Token).ConfigureAwait(false);
    }
}
