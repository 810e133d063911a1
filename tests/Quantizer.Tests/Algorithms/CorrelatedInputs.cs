using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Tests.Numerics;

namespace MoEQuant.Quantizer.Tests.Algorithms;

/// <summary>Seeded inputs as layers of trained networks see them: few strong directions, channels of very different size.</summary>
internal static class CorrelatedInputs
{
    public static FloatMatrix Create(int tokens, int columns, int seed)
    {
        int directions = Math.Max(columns / 4, 1);
        using FloatMatrix latent = RandomMatrix.Normal(tokens, directions, seed), mixing = RandomMatrix.Normal(directions, columns, seed + 1, 0.5);
        FloatMatrix inputs = RandomMatrix.Normal(tokens, columns, seed + 2, 0.3);
        MatrixProduct.Add(latent, mixing, inputs);
        Random random = new(seed + 3);
        for (int column = 0; column < columns; column++)
        {
            float size = (float)Math.Exp(0.7 * RandomMatrix.NextNormal(random));
            for (int token = 0; token < tokens; token++)
                inputs[token, column] *= size;
        }

        return inputs;
    }

    /// <summary>tr(E H Eᵀ) from the inputs themselves, in double precision: Σ ‖E x‖² / T.</summary>
    public static double MeanSquaredOutput(FloatMatrix matrix, FloatMatrix inputs)
    {
        double sum = 0;
        for (int token = 0; token < inputs.Rows; token++)
            for (int row = 0; row < matrix.Rows; row++)
            {
                double output = 0;
                for (int k = 0; k < matrix.Columns; k++)
                    output += (double)matrix[row, k] * inputs[token, k];
                sum += output * output;
            }

        return sum / inputs.Rows;
    }
}
