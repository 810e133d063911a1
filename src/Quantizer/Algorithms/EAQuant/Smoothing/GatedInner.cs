using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;

/// <summary>The input of a down projection, from the inputs of its network.</summary>
internal static class GatedInner
{
    /// <summary>silu(G x) · (U x) for every token, [tokens, intermediate].</summary>
    /// <param name="gate">G, [intermediate, hidden].</param>
    /// <param name="up">U, [intermediate, hidden].</param>
    /// <param name="inputs">x, [tokens, hidden].</param>
    /// <param name="backend">The arithmetic.</param>
    public static FloatMatrix Of(FloatMatrix gate, FloatMatrix up, FloatMatrix inputs, INumericBackend backend)
    {
        using FloatMatrix g = Outputs(gate, inputs, backend), u = Outputs(up, inputs, backend);
        FloatMatrix inner = new(inputs.Rows, gate.Rows);
        for (int token = 0; token < inputs.Rows; token++)
            for (int channel = 0; channel < gate.Rows; channel++)
                inner[token, channel] = g[token, channel] / (1 + MathF.Exp(-g[token, channel])) * u[token, channel];
        return inner;
    }

    private static FloatMatrix Outputs(FloatMatrix weights, FloatMatrix inputs, INumericBackend backend)
    {
        using FloatMatrix transposed = new(weights.Columns, weights.Rows);
        for (int row = 0; row < weights.Rows; row++)
            for (int column = 0; column < weights.Columns; column++)
                transposed[column, row] = weights[row, column];
        FloatMatrix outputs = new(inputs.Rows, weights.Rows);
        backend.AddProduct(inputs, transposed, outputs);
        return outputs;
    }
}
