using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline.Planning;

/// <summary>Plans with the same bits for every matrix and ranks by a policy, separately for dense and sparse matrices.</summary>
internal sealed class RankPlanner(QuantizationSource source, QuantizationOptions options, RoundingMethod rounding)
{
    /// <summary>Beyond this kurtosis a matrix is as heavy-tailed as any: powers of two stay finite.</summary>
    private const double LargestKurtosis = 40;

    /// <summary>Makes the plan.</summary>
    /// <param name="statistics">How often experts are used; null where nothing is known.</param>
    /// <param name="cancellationToken">Ends the measurement of kurtosis, which reads all weights.</param>
    /// <exception cref="MoEQuantException">MOEQ2047: the policy needs statistics that are not there.</exception>
    public QuantizationPlan Plan(RouterStatistics? statistics, CancellationToken cancellationToken)
    {
        Dictionary<string, MatrixTreatment> treatments = [];
        foreach ((TensorRole role, int average) in ((TensorRole, int)[])[(TensorRole.DenseLinear, options.DenseRank), (TensorRole.ExpertLinear, options.SparseRank)])
        {
            PlannedTensor[] tensors = [.. source.Plan.Tensors.Where(tensor => tensor.Role == role)];
            double[]? weights = average == 0 ? null : options.RankPolicy switch
            {
                RankPolicy.Kurtosis => [.. MeasureKurtosis(tensors, cancellationToken).Select(kurtosis => Math.ScaleB(1, (int)Math.Round(Math.Min(kurtosis, LargestKurtosis))))],
                RankPolicy.Frequency when role == TensorRole.ExpertLinear => [.. tensors.Select(tensor => Share(tensor, statistics))],
                _ => null,
            };
            int[] ranks = weights is null
                ? [.. tensors.Select(_ => average)]
                : RankDistribution.Spread([.. tensors.Select((tensor, i) => RankDemand.Of(tensor, weights[i], options.CompensatorBits))], average);
            for (int i = 0; i < tensors.Length; i++)
                treatments.Add(tensors[i].Name, Treat(tensors[i], ranks[i]));
        }

        return new(options, treatments);
    }

    private MatrixTreatment Treat(PlannedTensor tensor, int rank) => new(
        new(new(options.Scheme.WeightBits, options.GroupSize, options.Symmetric), rounding, Math.Min(rank, Math.Min(tensor.Rows, tensor.Columns)), options.CompensatorBits), rank);

    private static double Share(PlannedTensor tensor, RouterStatistics? statistics) => statistics?.Share(tensor.Layer, tensor.Expert)
        ?? throw new MoEQuantException(PlanningDiagnostics.StatisticsMissing,
            statistics is null ? "--rank-policy is frequency, and nothing tells how often each expert is used." : $"The statistics say nothing of expert {tensor.Expert} of layer {tensor.Layer}.");

    private double[] MeasureKurtosis(PlannedTensor[] tensors, CancellationToken cancellationToken)
    {
        List<double> kurtosis = [];
        OrderedWork.Run(tensors, options.ThreadCount, long.MaxValue, tensor => tensor.ElementCount * sizeof(float), (tensor, _) =>
        {
            using FloatMatrix weights = WeightLoader.LoadRows(source.Weights, tensor, 0, tensor.Rows);
            return Kurtosis.Of(weights);
        }, (_, value) => kurtosis.Add(value), cancellationToken);
        return [.. kurtosis];
    }
}
