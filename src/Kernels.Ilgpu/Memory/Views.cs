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
}
