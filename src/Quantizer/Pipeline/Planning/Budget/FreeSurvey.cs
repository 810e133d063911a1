using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline.Planning.Budget;

/// <summary>Surveys candidates from the weights alone.</summary>
/// <remarks>
/// The inputs of matrices behind a norm are taken to vary as the norm's weights squared, those of others evenly. Losses are relative to the matrix's own output, so that all matrices of a layer
/// count alike; those of a layer's experts share what a matrix counts that every token uses, because a router without favourites spreads its tokens and its weights over them.
/// </remarks>
internal sealed class FreeSurvey(QuantizationSource source, QuantizationOptions options, INumericBackend backend)
{
    /// <summary>
    /// What the error of 3 symmetric bits counts more than its norm. Their best scale shrinks the matrix, so the error goes along with W and with what W looks for in its inputs. Measured (decision 0013):
    /// with 1 they are chosen, and the model is worse than with zero points; with 1.5 only the smallest targets use them.
    /// </summary>
    private const double ShrinkagePenalty = 1.5;

    /// <summary>Keeps what is measured, so that the parts of a run that share it measure each layer once; or null.</summary>
    public ISurveyStore? Store { get; init; }

    /// <summary>Layers to measure before the others: parts that begin together begin in different places.</summary>
    public IReadOnlyList<int> OwnLayers { get; init; } = [];

    /// <summary>Measures every linear matrix, in file order.</summary>
    public IReadOnlyList<MatrixChoices> Run(RoundingMethod rounding, CancellationToken cancellationToken)
    {
        SortedDictionary<int, IReadOnlyList<MatrixChoices>> layers = [];
        int count = source.Plan.Layers.Count, next = OwnLayers.DefaultIfEmpty(-1).Max() + 1;
        foreach (int layer in OwnLayers.Concat(Enumerable.Range(0, count).Select(i => (next + i) % count).Except(OwnLayers)))
            layers.Add(layer, FromStore(layer) ?? Measure(layer, rounding, cancellationToken));
        return [.. layers.Values.SelectMany(choices => choices)];
    }

    private IReadOnlyList<MatrixChoices>? FromStore(int layer)
    {
        PlannedTensor[] tensors = [.. Matrices(source.Plan.Layers[layer]).Select(matrix => matrix.Tensor)];
        IReadOnlyList<StoredChoices>? stored = Store?.TryReadSurvey(layer);
        return stored is not null && stored.Select(choices => choices.Tensor).SequenceEqual(tensors.Select(tensor => tensor.Name))
            ? [.. stored.Zip(tensors, (choices, tensor) => new MatrixChoices(tensor, choices.Candidates))]
            : null;
    }

    private List<MatrixChoices> Measure(int layer, RoundingMethod rounding, CancellationToken cancellationToken)
    {
        (PlannedTensor Tensor, PlannedTensor? Norm)[] matrices = [.. Matrices(source.Plan.Layers[layer])];
        List<MatrixChoices> choices = [];
        OrderedWork.Run(matrices, options.ThreadCount, long.MaxValue, matrix => matrix.Tensor.ElementCount * 3 * sizeof(float), (matrix, cancel) =>
        {
            cancel.ThrowIfCancellationRequested();
            return Measure(matrix.Tensor, matrix.Norm, rounding);
        }, (_, choice) => choices.Add(choice), cancellationToken);
        Store?.WriteSurvey(layer, [.. choices.Select(choice => new StoredChoices(choice.Tensor.Name, [.. choice.Candidates]))]);
        return choices;
    }

    private MatrixChoices Measure(PlannedTensor tensor, PlannedTensor? norm, RoundingMethod rounding)
    {
        using FloatMatrix weights = WeightLoader.LoadRows(source.Weights, tensor, 0, tensor.Rows);
        float[] columnWeights = norm is null ? new float[tensor.Columns] : WeightLoader.LoadPlain(source.Weights, norm);
        for (int i = 0; i < columnWeights.Length; i++)
            columnWeights[i] = norm is null ? 1 : columnWeights[i] * columnWeights[i];
        MatrixRecipe[] recipes = [.. RecipeCatalog.For(tensor, options, rounding)];
        double[] errors = new ErrorEstimator(weights, null, differences => OutputNorm(differences, columnWeights), backend).Estimate(recipes);
        double outputNorm = OutputNorm(weights, columnWeights);
        // Zeros lose nothing in any recipe, and 0 times infinity would be no number to compare with.
        double importance = outputNorm > 0 ? Importance(tensor) / outputNorm : 0;
        return new(tensor, [.. recipes.Select((recipe, i) => new RecipeCandidate(recipe, RecipeCatalog.Bytes(tensor, recipe), errors[i] * importance * Penalty(recipe)))]);
    }

    private static double Penalty(MatrixRecipe recipe) => recipe.Groups is { Bits: 3, Symmetric: true } ? ShrinkagePenalty : 1;

    private double Importance(PlannedTensor tensor) => tensor.Role == TensorRole.ExpertLinear ? 1.0 / source.Config.ExpertCount : 1;

    private static double OutputNorm(FloatMatrix weights, ReadOnlySpan<float> columnWeights)
    {
        double norm = 0;
        for (int row = 0; row < weights.Rows; row++)
        {
            ReadOnlySpan<float> values = weights.Row(row);
            for (int column = 0; column < values.Length; column++)
                norm += values[column] * values[column] * columnWeights[column];
        }

        return norm;
    }

    /// <summary>The linear matrices of a layer in file order, with the norm in front of them where there is one.</summary>
    private static IEnumerable<(PlannedTensor Tensor, PlannedTensor? Norm)> Matrices(LayerPlan layer)
    {
        HashSet<PlannedTensor> attention = [layer.Query.Weight, layer.Key.Weight, layer.Value.Weight];
        HashSet<PlannedTensor> feedForward = [.. layer.Networks.SelectMany(network => (PlannedTensor[])[network.Gate, network.Up])];
        return layer.Tensors.Where(tensor => tensor.Role is TensorRole.DenseLinear or TensorRole.ExpertLinear)
            .Select(tensor => (tensor, attention.Contains(tensor) ? layer.InputNorm : feedForward.Contains(tensor) ? layer.PostAttentionNorm : null));
    }
}
