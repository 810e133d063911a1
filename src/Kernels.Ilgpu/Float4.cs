using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Four floats that are loaded and stored in one instruction.</summary>
internal struct Float4
{
    /// <summary>The numbers.</summary>
    public float X, Y, Z, W;

    /// <summary>Takes four numbers.</summary>
    public Float4(float x, float y, float z, float w) => (X, Y, Z, W) = (x, y, z, w);

    /// <summary>Adds other numbers, each times a factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Float4 AddScaled(Float4 other, float factor) =>
        new(X + (other.X * factor), Y + (other.Y * factor), Z + (other.Z * factor), W + (other.W * factor));
}
