using System.Globalization;
using System.Runtime.InteropServices;
using MoEQuant.Kernels;
using MoEQuant.Quantizer;
using MoEQuant.Quantizer.Benchmarks;

namespace MoEQuant.Speed;

/// <summary>Where and how the figures were made: a table without it says nothing.</summary>
internal static class RunDescription
{
    public static void Write(TextWriter output, IReadOnlyList<string> arguments)
    {
        output.WriteLine($"- Processor: {Processor.Name}, {Environment.ProcessorCount} cores seen; kernels: {string.Join(", ", KernelCatalog.Available.Select(kernel => kernel.Name))}, used: {KernelCatalog.Best.Name}");
        output.WriteLine($"- {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, moequant {ToolVersion.Current}");
        output.WriteLine($"- Date: {DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC; load at the start: {Load()}");
        output.WriteLine($"- Command: `dotnet run --project bench/Speed -c Release -- {string.Join(' ', arguments)}`");
        output.WriteLine();
    }

    /// <summary>Runnable threads of the whole machine, averaged over the last minute; more than this process's own mean that others took part of the machine.</summary>
    private static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}
