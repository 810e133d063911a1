using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Integer operations on packed bits.</summary>
internal static class CodeBits
{
    /// <summary>A finite IEEE half precision number, denormal ones included.</summary>
    /// <remarks>The exponent's bias is corrected by a multiplication, which also normalises. Integer operations run on every backend; half precision arithmetic does not.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(uint half) =>
        Interop.IntAsFloat((half & 0x8000u) << 16 | (half & 0x7FFFu) << 13) * 5.192296858534828e33f;

    /// <summary>The half precision number at an index, two to a word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Half(ArrayView<uint> words, long word, int index) => ToSingle(words[word + (index >> 1)] >> ((index & 1) << 4));

    /// <summary>The lowest bit of a byte within its word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ByteShift(int index) => (index & 3) << 3;
}
