using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Planning.Budget;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>Estimates what every recipe would do to the outputs of one matrix, relative to them.</summary>
/// <param name="reader">The unquantized weights.</param>
/// <param name="options">Decide the candidates.</param>
/// <param name="rounding">How codes will be chosen.</param>
/// <param name="backend">The arithmetic.</param>
internal sealed class SurveyedMatrix(ITensorReader reader, QuantizationOptions options, RoundingMethod rounding, INumericBackend backend)
{
    /// <summary>The candidates with their losses.</summary>
    /// <param name="tensor">The matrix.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="power">What its outputs weigh in the residual stream: the loss of an output that is lost altogether.</param>
    public MatrixChoices Measure(PlannedTensor tensor, InputCovariance inputs, double power)
    {
        using FloatMatrix weights = WeightLoader.LoadRows(reader, tensor, 0, tensor.Rows);
        MatrixRecipe[] recipes = [.. RecipeCatalog.For(tensor, options, rounding)];
        double[] errors = new ErrorEstimator(weights, inputs, differences => inputs.OutputNorm(differences, backend), backend).Estimate(recipes);
        double scale = power / Math.Max(inputs.OutputNorm(weights, backend), double.Epsilon);
        return new(tensor, [.. recipes.Select((recipe, i) => new RecipeCandidate(recipe, RecipeCatalog.Bytes(tensor, recipe), errors[i] * scale))]);
    }

    /// <summary>tr(W H Wᵀ): the mean square of the matrix's output vectors.</summary>
    public double OutputNorm(PlannedTensor tensor, InputCovariance inputs)
    {
        using FloatMatrix weights = WeightLoader.LoadRows(reader, tensor, 0, tensor.Rows);
        return inputs.OutputNorm(weights, backend);
    }
}
