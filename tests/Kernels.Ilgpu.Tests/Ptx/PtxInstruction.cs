namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>One instruction: [@p or @!p] operation operands. Braces group the registers of a vector.</summary>
internal sealed record PtxInstruction(string? Predicate, bool Negated, string Operation, string[] Operands)
{
    /// <summary>The parts of the operation's name: ld, global, v4, b32.</summary>
    public string[] Parts { get; } = Operation.Split('.');

    public string Type => Parts[^1];

    /// <summary>Bytes of the type.</summary>
    public int Bytes => Type.Contains("64", StringComparison.Ordinal) ? 8 : Type is "u16" or "b16" or "s16" ? 2 : 4;

    /// <summary>The registers of a vector, or the operand itself.</summary>
    public static string[] Vector(string operand) => operand.StartsWith('{') ? [.. operand[1..^1].Split(',').Select(register => register.Trim())] : [operand];

    /// <summary>Reads an instruction without its semicolon.</summary>
    public static PtxInstruction Parse(string text)
    {
        string? predicate = null;
        bool negated = false;
        if (text.StartsWith('@'))
        {
            int space = text.IndexOf(' ', StringComparison.Ordinal);
            negated = text[1] == '!';
            predicate = text[(negated ? 2 : 1)..space];
            text = text[(space + 1)..].Trim();
        }
        int end = text.IndexOf(' ', StringComparison.Ordinal);
        return end < 0 ? new PtxInstruction(predicate, negated, text, []) : new PtxInstruction(predicate, negated, text[..end], [.. Split(text[end..])]);
    }

    private static IEnumerable<string> Split(string operands)
    {
        int depth = 0, start = 0;
        for (int index = 0; index < operands.Length; index++)
        {
            depth += operands[index] switch { '{' or '[' => 1, '}' or ']' => -1, _ => 0 };
            if (operands[index] != ',' || depth > 0)
                continue;
            yield return operands[start..index].Trim();
            start = index + 1;
        }
        yield return operands[start..].Trim();
    }
}
