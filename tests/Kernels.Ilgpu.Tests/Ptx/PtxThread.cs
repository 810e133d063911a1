using System.Globalization;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>One thread of a group that runs PTX: its registers and the instructions that concern no other thread.</summary>
internal sealed class PtxThread(PtxProgram program, PtxMemory memory, Dictionary<string, ulong> specials)
{
    private readonly Dictionary<string, ulong> _registers = [];
    private readonly byte[] _local = new byte[Math.Max(16, program.LocalBytes)];

    public int Next { get; private set; }

    public bool Ended { get; private set; }

    /// <summary>The instruction at which the thread waits for others.</summary>
    public PtxInstruction Waiting => program.Instructions[Next];

    public uint Word(string register) => (uint)Value(register);

    public void Set(string register, ulong value) => _registers[register] = value;

    /// <summary>Goes on behind the instruction at which the thread waited.</summary>
    public void Pass() => Next++;

    /// <summary>Runs until the thread ends or waits.</summary>
    public void Run()
    {
        while (!Ended)
        {
            PtxInstruction instruction = program.Instructions[Next];
            if (instruction.Parts[0] is "bar" or "mma")
                return;
            Next++;
            if (instruction.Predicate is { } predicate && (Value(predicate) != 0) == instruction.Negated)
                continue;
            Execute(instruction);
        }
    }

    private void Execute(PtxInstruction instruction)
    {
        string[] o = instruction.Operands;
        switch (instruction.Parts[0])
        {
            case "ret":
                Ended = true;
                break;
            case "bra":
                Next = program.Labels[o[0]];
                break;
            case "ld" when instruction.Parts[1] == "param":
                Set(o[0], memory.Parameter(Address(o[1]), instruction.Bytes));
                break;
            case "ld":
                string[] targets = PtxInstruction.Vector(o[0]);
                for (int index = 0; index < targets.Length; index++)
                    Set(targets[index], memory.Read(instruction.Parts[1], _local, Address(o[1]) + (ulong)(index * instruction.Bytes), instruction.Bytes));
                break;
            case "st":
                string[] sources = PtxInstruction.Vector(o[1]);
                for (int index = 0; index < sources.Length; index++)
                    memory.Write(instruction.Parts[1], _local, Address(o[0]) + (ulong)(index * instruction.Bytes), Value(sources[index]), instruction.Bytes);
                break;
            default:
                Set(o[0], PtxArithmetic.Compute(instruction, [.. o.Skip(1).Select(Value)]));
                break;
        }
    }

    private ulong Address(string operand)
    {
        string inner = operand[1..^1];
        int plus = inner.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? Value(inner) : Value(inner[..plus]) + ulong.Parse(inner[(plus + 1)..], CultureInfo.InvariantCulture);
    }

    private ulong Value(string operand)
    {
        if (_registers.TryGetValue(operand, out ulong value) || specials.TryGetValue(operand, out value) || program.Addresses.TryGetValue(operand, out value))
            return value;
        if (operand.StartsWith("0f", StringComparison.Ordinal) || operand.StartsWith("0x", StringComparison.Ordinal))
            return ulong.Parse(operand[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (ulong)long.Parse(operand, CultureInfo.InvariantCulture);
    }
}
