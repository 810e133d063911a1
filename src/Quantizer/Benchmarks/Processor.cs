using System.Runtime.InteropServices;

namespace MoEQuant.Quantizer.Benchmarks;

/// <summary>The processor of this machine, for reports.</summary>
internal static class Processor
{
    /// <summary>What the processor calls itself, where the system tells; its architecture elsewhere.</summary>
    public static string Name { get; } = FromLinux() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static string? FromLinux()
    {
        const string source = "/proc/cpuinfo";
        try
        {
            return File.Exists(source)
                ? File.ReadLines(source).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2) is [_, var name] ? name.Trim() : null
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
