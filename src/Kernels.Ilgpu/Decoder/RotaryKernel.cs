using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Rotary position embedding, half-split, a thread per pair.</summary>
internal static class RotaryKernel
{
    /// <summary>Rotates feature i and i + D/2 of every head by the angle of the token's position.</summary>
    /// <param name="y">[tokens, heads · D].</param>
    /// <param name="rotations">[positions, D]: D/2 cosines, D/2 sines.</param>
    /// <param name="pairs">Pairs of a token: heads · D/2.</param>
    /// <param name="half">D/2.</param>
    /// <param name="firstPosition">The first token's position.</param>
    public static void Rotate(ArrayView<float> y, ArrayView<float> rotations, int pairs, int half, int firstPosition)
    {
        int pair = (Grid.IdxX * Group.DimX) + Group.IdxX, token = Grid.IdxY;
        if (pair >= pairs)
            return;
        int head = pair / half, feature = pair - (head * half);
        long first = ((long)token * pairs * 2) + ((long)head * half * 2) + feature, rotation = ((long)(firstPosition + token) * half * 2) + feature;
        float cosine = rotations[rotation], sine = rotations[rotation + half];
        float a = y[first], b = y[first + half];
        y[first] = (a * cosine) - (b * sine);
        y[first + half] = (b * cosine) + (a * sine);
    }
}
