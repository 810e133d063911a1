using System.Reflection;
using System.Text.RegularExpressions;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>The PTX of a kernel, made without a device, and what can be counted in its text.</summary>
internal sealed partial class PtxListing
{
    private PtxListing(string name, string text)
    {
        Name = name;
        Text = text;
        Lines = [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal))];
    }

    public string Name { get; }

    public string Text { get; }

    public IReadOnlyList<string> Lines { get; }

    /// <summary>Bytes of static shared memory.</summary>
    public int SharedBytes => SharedDeclaration().Matches(Text).Sum(match => int.Parse(match.Groups[1].Value, null));

    /// <summary>Bytes of local memory: arrays and variables that have an address.</summary>
    public int LocalBytes => LocalDeclaration().Matches(Text).Sum(match => int.Parse(match.Groups[1].Value, null));

    /// <summary>32-bit registers that the text declares, 64-bit ones twice. Every assignment has its own: the assembler needs far fewer.</summary>
    public int DeclaredRegisters => RegisterDeclaration().Matches(Text).Sum(match => int.Parse(match.Groups[2].Value, null) * (match.Groups[1].Value == "64" ? 2 : 1));

    /// <summary>Compiles an entry point for the newest architecture that ILGPU 1.5.3 knows to generate for.</summary>
    public static PtxListing Compile(string name, MethodInfo kernel)
    {
        using Context context = Context.Create(builder => builder.Optimize(OptimizationLevel.O2));
        CudaArchitecture architecture = CudaArchitecture.SM_80;
        using PTXBackend backend = new(context, new CudaCapabilityContext(architecture), architecture, CudaInstructionSet.ISA_70, null);
        PTXCompiledKernel compiled = (PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(kernel), KernelSpecialization.Empty);
        return new PtxListing(name, compiled.PTXAssembly);
    }

    /// <summary>The instructions of the loop whose body has the most of a kind: of loops in loops the inner one.</summary>
    /// <param name="opcode">The beginning of the instruction.</param>
    public string[] LoopWithMost(string opcode)
    {
        List<(int Start, int End, string[] Body)> loops = [];
        for (int end = 0; end < Lines.Count; end++)
        {
            Match branch = Branch().Match(Lines[end]);
            if (!branch.Success)
                continue;
            int start = Enumerable.Range(0, end).Reverse().FirstOrDefault(line => Lines[line] == branch.Groups[1].Value + ":", -1);
            if (start < 0)
                continue;
            string[] body = [.. Lines.Skip(start + 1).Take(end - start).Where(IsInstruction)];
            if (Count(body, opcode) > 0)
                loops.Add((start, end, body));
        }

        // A branch backwards from a piece that stands apart at the end is no loop: it spans the loops between.
        return loops.Where(loop => !loops.Exists(inner => inner != loop && inner.Start >= loop.Start && inner.End <= loop.End))
            .Select(loop => loop.Body).OrderByDescending(body => Count(body, opcode)).FirstOrDefault([]);
    }

    /// <summary>Instructions that begin with an operation.</summary>
    public static int Count(IEnumerable<string> instructions, string opcode) => instructions.Count(line => line.StartsWith(opcode, StringComparison.Ordinal) || line.Contains(" " + opcode, StringComparison.Ordinal));

    private static bool IsInstruction(string line) => !line.EndsWith(':') && line[0] != '.' && line is not "{" and not "}";

    [GeneratedRegex(@"\.shared \.align \d+ \.b8 \w+\[(\d+)\]")]
    private static partial Regex SharedDeclaration();

    [GeneratedRegex(@"\.local \.align \d+ \.b8 \w+\[(\d+)\]")]
    private static partial Regex LocalDeclaration();

    [GeneratedRegex(@"\.reg \.[a-z]+(32|64|16|16x2)?\s+%?\w+<(\d+)>")]
    private static partial Regex RegisterDeclaration();

    [GeneratedRegex(@"bra(?:\.uni)?\s+(\w+);")]
    private static partial Regex Branch();
}
