using System.Runtime.InteropServices;
using System.Text;
using MoEQuant.Quantizer.Cli;
using MoEQuant.Quantizer.Hosting;

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
return await new Tool(new(Console.Out, Console.Error, Interactive: !Console.IsOutputRedirected)).RunAsync(args, cancellation.Token);
