namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>What instructions compute from their operands, by the PTX manual. Registers hold the low bits.</summary>
internal static class PtxArithmetic
{
    public static ulong Compute(PtxInstruction instruction, ulong[] a) => instruction.Parts[0] switch
    {
        "mov" or "cvta" => a[0],
        "selp" => (uint)a[2] != 0 ? a[0] : a[1],
        "setp" => Compare(instruction.Parts[1], instruction.Type, a[0], a[1]) ? 1u : 0u,
        "lop3" => Logic((uint)a[0], (uint)a[1], (uint)a[2], (int)a[3]),
        "and" => a[0] & a[1],
        "or" => a[0] | a[1],
        "xor" => a[0] ^ a[1],
        "not" => ~a[0],
        "cvt" => Convert(instruction, a[0]),
        "shl" => instruction.Bytes == 8 ? a[0] << (int)a[1] : (uint)a[0] << (int)a[1],
        "shr" => ShiftRight(instruction, a[0], (int)a[1]),
        _ => instruction.Type switch
        {
            "f32" => BitConverter.SingleToUInt32Bits(Float(instruction.Parts[0], [.. a.Select(value => BitConverter.UInt32BitsToSingle((uint)value))])),
            "f16x2" => Halves(instruction.Parts[0], (uint)a[0], (uint)a[1]),
            _ => Integer(instruction, a),
        },
    };

    private static bool Compare(string condition, string type, ulong x, ulong y)
    {
        int order = type switch
        {
            "f32" => BitConverter.UInt32BitsToSingle((uint)x).CompareTo(BitConverter.UInt32BitsToSingle((uint)y)),
            "s32" => ((int)x).CompareTo((int)y),
            "s64" => ((long)x).CompareTo((long)y),
            _ => x.CompareTo(y),
        };
        return condition.TrimEnd('u') switch { "lt" => order < 0, "le" => order <= 0, "gt" => order > 0, "ge" => order >= 0, "eq" => order == 0, "ne" => order != 0, _ => throw Unknown(condition) };
    }

    // The table has the result for a = 0xF0, b = 0xCC, c = 0xAA.
    private static uint Logic(uint a, uint b, uint c, int table)
    {
        uint result = 0;
        for (int bit = 0; bit < 32; bit++)
        {
            int place = (int)(((a >> bit) & 1) << 2 | ((b >> bit) & 1) << 1 | ((c >> bit) & 1));
            result |= (uint)((table >> place) & 1) << bit;
        }
        return result;
    }

    private static ulong Convert(PtxInstruction instruction, ulong value) => string.Join('.', instruction.Parts.Skip(1)) switch
    {
        "s64.s32" => (ulong)(int)value,
        "u64.u32" => (uint)value,
        "u32.u64" or "s32.s64" => (uint)value,
        "rzi.s32.f32" => (uint)(int)BitConverter.UInt32BitsToSingle((uint)value),
        "rn.f32.s32" => BitConverter.SingleToUInt32Bits((int)value),
        _ => throw Unknown(instruction.Operation),
    };

    private static ulong ShiftRight(PtxInstruction instruction, ulong value, int count) => instruction.Type switch
    {
        "s32" => (uint)((int)value >> count),
        "s64" => (ulong)((long)value >> count),
        "b64" or "u64" => value >> count,
        _ => (uint)value >> count,
    };

    private static float Float(string operation, float[] a) => operation switch
    {
        "add" => a[0] + a[1],
        "sub" => a[0] - a[1],
        "mul" => a[0] * a[1],
        "div" => a[0] / a[1],
        "neg" => -a[0],
        "fma" => MathF.FusedMultiplyAdd(a[0], a[1], a[2]),
        _ => throw Unknown(operation),
    };

    private static uint Halves(string operation, uint x, uint y)
    {
        if (operation != "sub")
            throw Unknown(operation);
        ushort low = BitConverter.HalfToUInt16Bits(PtxMatrix.Half(x, 0) - PtxMatrix.Half(y, 0)), high = BitConverter.HalfToUInt16Bits(PtxMatrix.Half(x, 1) - PtxMatrix.Half(y, 1));
        return low | (uint)high << 16;
    }

    private static ulong Integer(PtxInstruction instruction, ulong[] a)
    {
        bool signed = instruction.Type[0] == 's';
        ulong Wide(ulong value) => signed ? (ulong)(int)value : (uint)value;
        ulong result = (instruction.Parts[0], instruction.Parts[1]) switch
        {
            ("add", _) => a[0] + a[1],
            ("sub", _) => a[0] - a[1],
            ("mul", "wide") => Wide(a[0]) * Wide(a[1]),
            ("mul", "lo") => a[0] * a[1],
            ("mad", "lo") => (a[0] * a[1]) + a[2],
            ("div", "s32") => (ulong)((int)a[0] / (int)a[1]),
            ("rem", "s32") => (ulong)((int)a[0] % (int)a[1]),
            _ => throw Unknown(instruction.Operation),
        };
        return instruction.Bytes == 8 || instruction.Parts[1] == "wide" ? result : (uint)result;
    }

    private static NotSupportedException Unknown(string what) => new($"The interpreter does not know {what}.");
}
