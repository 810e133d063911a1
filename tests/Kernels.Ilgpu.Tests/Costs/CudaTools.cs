using System.Diagnostics;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>NVIDIA's assembler and disassembler, which need no device. They are used where they are found: in the folder that MOEQUANT_CUDA_TOOLS names, or on the path.</summary>
internal static class CudaTools
{
    private const string Variable = "MOEQUANT_CUDA_TOOLS";

    private static readonly string? Assembler = Find("ptxas"), Disassembler = Find("nvdisasm");

    /// <summary>Skips the calling test where they are not.</summary>
    public static void Require()
    {
        if (Assembler is null || Disassembler is null)
            Assert.Inconclusive($"ptxas and nvdisasm of NVIDIA's CUDA toolkit are not on the path, nor in the folder that {Variable} names.");
    }

    /// <summary>Assembles PTX. Returns the assembler's messages and the listing of the machine code.</summary>
    public static (string Messages, string Listing) Assemble(string ptx, string architecture)
    {
        using TemporaryFolder folder = new();
        string source = Path.Combine(folder.Path, "kernel.ptx"), binary = Path.Combine(folder.Path, "kernel.cubin");
        File.WriteAllText(source, ptx);
        string messages = Run(Assembler!, "-v", $"-arch={architecture}", source, "-o", binary);
        return (messages, Run(Disassembler!, "-c", binary));
    }

    private static string? Find(string tool) =>
        $"{Environment.GetEnvironmentVariable(Variable)}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}".Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);

    private static string Run(string tool, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, $"{Path.GetFileName(tool)}: {output}");
        return output;
    }
}
