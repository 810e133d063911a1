using System.Globalization;
using System.Text.RegularExpressions;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>A kernel's machine code for one architecture: what the assembler says of it, and what its inner loop consists of.</summary>
internal sealed partial class MachineCode
{
    /// <summary>Operations that only the integer units execute: 64 lanes per multiprocessor and cycle on all three architectures.</summary>
    private static readonly string[] IntegerOperations = ["LOP3", "SHF", "IADD3", "LEA", "ISETP", "PRMT", "SEL", "VIADD", "PLOP3", "IMNMX"];

    public MachineCode(KernelCase kernel, PtxListing listing, string architecture)
    {
        (string messages, string code) = CudaTools.Assemble(listing.Text, architecture);
        Registers = Number(messages, @"Used (\d+) registers");
        SharedBytes = Number(messages, @"(\d+) bytes smem");
        LocalBytes = Number(messages, @"(\d+) bytes stack frame") + Number(messages, @"(\d+) bytes spill stores");
        Loop = FindLoop(code, kernel.UsesTensorCores ? "HMMA" : "FFMA");
    }

    public int Registers { get; }

    public int SharedBytes { get; }

    /// <summary>Stack and spilled registers.</summary>
    public int LocalBytes { get; }

    /// <summary>The operations of the inner loop.</summary>
    public IReadOnlyList<string> Loop { get; }

    public int IntegerCount => Loop.Count(IntegerOperations.Contains);

    private static int Number(string text, string pattern) => Regex.Match(text, pattern) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    private static string[] FindLoop(string code, string work)
    {
        List<string> operations = [];
        Dictionary<string, int> labels = [];
        string[] best = [];
        foreach (string line in code.Split('\n'))
        {
            if (Label().Match(line) is { Success: true } label)
                labels[label.Groups[1].Value] = operations.Count;
            if (Instruction().Match(line) is not { Success: true } instruction)
                continue;
            operations.Add(instruction.Groups[1].Value);
            if (Branch().Match(line) is not { Success: true } branch || !labels.TryGetValue(branch.Groups[1].Value, out int start))
                continue;
            string[] loop = [.. operations.Skip(start)];
            int found = loop.Count(operation => operation == work), most = best.Count(operation => operation == work);
            if (found > most || (found == most && found > 0 && loop.Length < best.Length))
                best = loop;
        }
        return best;
    }

    [GeneratedRegex(@"^(\.L\w+):")]
    private static partial Regex Label();

    [GeneratedRegex(@"/\*[0-9a-f]{4,}\*/\s+(?:@!?\w+ +)?([A-Z0-9]+)[\w. ]")]
    private static partial Regex Instruction();

    [GeneratedRegex(@"BRA.*`\((\.L\w+)\)")]
    private static partial Regex Branch();
}
