namespace MoEQuant.Kernels.Devices;

/// <summary>Where a slot of a grouped product takes its inputs from.</summary>
public enum ExpertInputs
{
    /// <summary>One row per token: a slot reads the row of its token.</summary>
    Tokens,

    /// <summary>One row per slot.</summary>
    Slots,
}
