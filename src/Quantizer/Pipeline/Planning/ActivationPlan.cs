namespace MoEQuant.Quantizer.Pipeline.Planning;

/// <summary>What the scheme asks of the inputs of the layers' matrices.</summary>
internal static class ActivationPlan
{
    // EAQuant's; with a scale per group the largest values are worth their steps (docs/decisions/0011).
    private const int ClipPerToken = 90;

    /// <summary>Adds the quantization of activations to a matrix's treatment; a rotation that is there already stays.</summary>
    public static MatrixTreatment Apply(MatrixTreatment treatment, QuantizationOptions options)
    {
        if (!options.Scheme.QuantizesActivations || treatment.Recipe is not { } recipe)
            return treatment;
        int bits = options.Scheme.ActivationBits;

        // Kernels add up the products of a whole weight group before they scale them.
        int groupSize = options.ActivationGroupSize == 0 ? 0 : Math.Max(options.ActivationGroupSize, recipe.Groups.GroupSize);
        return treatment with
        {
            Activations = treatment.Activations with { Bits = bits, GroupSize = groupSize, ClipPercent = options.ActivationClipPercent ?? (bits == 4 && groupSize == 0 ? ClipPerToken : 100) },
        };
    }
}
