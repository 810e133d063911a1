using MoEQuant.Kernels;

namespace MoEQuant.Runtime.Model.Execution;

/// <summary>Shows batches to observers.</summary>
internal static unsafe class Observation
{
    /// <summary>Shows every row of a batch to an observer that looks at inputs; costs a type test otherwise.</summary>
    public static void Show(ForwardObserver? observer, int layer, LayerSite site, int firstPosition, in ActivationBlock rows)
    {
        if (observer is not LayerObserver inputs)
            return;
        for (int token = 0; token < rows.Count; token++)
            inputs.OnInput(layer, site, firstPosition + token, new ReadOnlySpan<float>(rows.Values + ((long)token * rows.Stride), rows.Columns));
    }
}
