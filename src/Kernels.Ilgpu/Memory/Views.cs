namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Checks of lengths before kernels are started: a kernel that writes beyond a view is not stopped by anything.</summary>
internal static class Views
{
    /// <summary>Requires a number of elements.</summary>
    public static void RequireLength(long found, long needed, string name)
    {
        if (found < needed)
            throw new ArgumentException($"There are {found} elements; at least {needed} are needed.", name);
    }

    /// <summary>Requires what every product of packed matrices does.</summary>
    /// <param name="slots">Results.</param>
    /// <param name="w">The matrices.</param>
    /// <param name="inputs">Numbers of the inputs.</param>
    /// <param name="neededInputs">Numbers that are read at least.</param>
    /// <param name="work">Numbers of the working memory.</param>
    /// <param name="outputs">Numbers of the outputs.</param>
    public static void Require(int slots, PackedWeights w, long inputs, long neededInputs, long work, long outputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        RequireLength(inputs, neededInputs, "x");
        RequireLength(work, w.WorkLength(slots), nameof(work));
        RequireLength(outputs, (long)slots * w.Rows, "y");
    }
}
