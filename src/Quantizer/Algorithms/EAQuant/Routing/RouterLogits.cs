using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Routing;

/// <summary>Router outputs for captured tokens.</summary>
internal static unsafe class RouterLogits
{
    /// <summary>Z = X Wᵀ, summed in double precision.</summary>
    /// <param name="router">W, [experts, hidden].</param>
    /// <param name="inputs">X, [tokens, hidden].</param>
    /// <returns>[tokens, experts].</returns>
    public static FloatMatrix Of(FloatMatrix router, FloatMatrix inputs)
    {
        if (router.Columns != inputs.Columns)
            throw new ArgumentException($"A router of {router.Columns} inputs cannot read tokens of {inputs.Columns}.", nameof(inputs));
        FloatMatrix logits = new(inputs.Rows, router.Rows);
        for (int token = 0; token < inputs.Rows; token++)
            for (int expert = 0; expert < router.Rows; expert++)
                logits[token, expert] = (float)DoubleSums.Dot(inputs.RowPointer(token), router.RowPointer(expert), inputs.Stride);
        return logits;
    }
}
