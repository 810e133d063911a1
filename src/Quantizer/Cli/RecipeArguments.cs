using System.CommandLine;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Planning;

namespace MoEQuant.Quantizer.Cli;

/// <summary>The options of <c>quantize</c> that say how matrices are stored.</summary>
internal sealed class RecipeArguments
{
    private readonly Option<string?> _scheme = OptionValue.Create("--scheme", $"Weight and activation bits: {QuantizationScheme.Names}.", "SCHEME", "W3A16");
    private readonly Option<string?> _groupSize = OptionValue.Create("--group-size", "Columns that share a scale: 32, 64 or 128.", "G", "64");
    private readonly Option<string?> _activationGroup = OptionValue.Create("--activation-group", "Columns that share an activation scale: 32, 64, 128, or 0 for one scale per token.", "G", $"{QuantizationOptions.DefaultActivationGroupSize}");
    private readonly Option<string?> _activationClip = OptionValue.Create("--activation-clip", "Percent of the activations' range that is represented.", "P", "100; 90 with 4 bits and one scale per token");
    private readonly Option<bool> _symmetric = new("--symmetric") { Description = "Store no zero points." };
    private readonly Option<string?> _rounding = OptionValue.Create("--rounding", "How codes are found: nearest, hqq, or feedback (needs --calibration).", "METHOD", "feedback with calibration, hqq without");
    private readonly Option<string?> _denseRank = OptionValue.Create("--dense-rank", "Average compensator rank of matrices that every token uses; 0 for none.", "R", $"{QuantizationOptions.DefaultDenseRank}");
    private readonly Option<string?> _sparseRank = OptionValue.Create("--sparse-rank", "Average compensator rank of routed experts; 0 for none.", "R", $"{QuantizationOptions.DefaultSparseRank}");
    private readonly Option<string?> _rankPolicy = OptionValue.Create("--rank-policy", "How ranks are spread: uniform, kurtosis, frequency, or budget (bits and ranks by output error).", "POLICY", "uniform; budget with a target or calibration");
    private readonly Option<string?> _compensatorBits = OptionValue.Create("--compensator-bits", "Bits of the compensators: 8 or 3.", "B", "8");
    private readonly Option<string?> _targetBits = OptionValue.Create("--target-bits", "Bits per weight of the layers' matrices, everything counted; bits and ranks are chosen to fit.", "B", "with calibration what plain groups of 64 take: 3.5 or 4.5");
    private readonly Option<string?> _targetSize = OptionValue.Create("--target-size", "Size of the packed file, for example 500MB or 1.5GiB; bits and ranks are chosen to fit.", "BYTES");
    private readonly Option<string?> _statistics = OptionValue.Create("--statistics", "JSON report of a calibrated run, for --rank-policy frequency.", "FILE");
    private readonly Option<string?> _routerBits = OptionValue.Create("--router-bits", "Bits of the routers: 32 (plain floats) or 8.", "B", "32");

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_scheme, _groupSize, _activationGroup, _activationClip, _symmetric, _rounding, _rankPolicy, _denseRank, _sparseRank, _compensatorBits, _targetBits, _targetSize, _statistics, _routerBits])
            command.Add(option);
    }

    /// <summary>The options with what was asked for.</summary>
    /// <exception cref="MoEQuantException">MOEQ2003–2006, MOEQ2030–2035, MOEQ2070, MOEQ2071.</exception>
    public QuantizationOptions Apply(ParseResult result, QuantizationOptions options)
    {
        double? bits = OptionValue.Number(result, _targetBits, 2.0, 16.0, QuantizeDiagnostics.TargetBits);
        long? size = ByteSize.Parse(result, _targetSize, QuantizeDiagnostics.TargetSize);
        RankPolicy? policy = OptionValue.Name<RankPolicy>(result, _rankPolicy, QuantizeDiagnostics.RankPolicy);
        if ((bits is null ? 0 : 1) + (size is null ? 0 : 1) + (policy is null or RankPolicy.Budget ? 0 : 1) > 1)
            throw new MoEQuantException(QuantizeDiagnostics.TargetConflict, $"Given are {string.Join(" and ", Given(result))}.");
        QuantizationOptions asked = options with
        {
            Scheme = Scheme(result),
            GroupSize = OptionValue.Choice(result, _groupSize, [32, 64, 128], CliDiagnostics.GroupSize) ?? options.GroupSize,
            ActivationGroupSize = OptionValue.Choice(result, _activationGroup, [0, 32, 64, 128], ActivationDiagnostics.GroupSize) ?? options.ActivationGroupSize,
            ActivationClipPercent = OptionValue.Number(result, _activationClip, 1, 100, ActivationDiagnostics.Clip) ?? options.ActivationClipPercent,
            Symmetric = result.GetValue(_symmetric),
            Rounding = Rounding(result, options.Calibration),
            RankPolicy = policy ?? (bits is null && size is null ? RankPolicy.Uniform : RankPolicy.Budget),
            DenseRank = OptionValue.Number(result, _denseRank, 0, QuantizationOptions.LargestRank, CliDiagnostics.Rank) ?? options.DenseRank,
            SparseRank = OptionValue.Number(result, _sparseRank, 0, QuantizationOptions.LargestRank, CliDiagnostics.Rank) ?? options.SparseRank,
            CompensatorBits = OptionValue.Choice(result, _compensatorBits, [8, 3], CliDiagnostics.CompensatorBits) ?? options.CompensatorBits,
            TargetBitsPerWeight = bits,
            TargetSize = size,
            StatisticsFile = result.GetValue(_statistics) is { } file ? Path.GetFullPath(file) : null,
            RouterBits = OptionValue.Choice(result, _routerBits, [32, 8], QuantizeDiagnostics.RouterBits) ?? options.RouterBits,
        };
        return options.Calibration.Source == CalibrationSource.None || LayoutIsGiven(result) ? asked : asked with
        {
            RankPolicy = RankPolicy.Budget,
            DenseRank = 0,
            SparseRank = 0,
        };
    }

    /// <summary>Whether anything was said about bits, groups or ranks of matrices. If not, calibrated runs choose them, in the bytes that plain groups of 64 take: decision 0013.</summary>
    private bool LayoutIsGiven(ParseResult result) =>
        result.GetValue(_symmetric) || ((Option[])[_groupSize, _rounding, _denseRank, _sparseRank, _rankPolicy, _compensatorBits, _targetBits, _targetSize]).Any(option => result.GetResult(option) is not null);

    private IEnumerable<string> Given(ParseResult result) =>
        ((Option[])[_targetBits, _targetSize, _rankPolicy]).Where(option => result.GetResult(option) is not null).Select(option => $"{option.Name} {result.GetValue((Option<string?>)option)}");

    private RoundingMethod? Rounding(ParseResult result, CalibrationOptions calibration)
    {
        RoundingMethod? rounding = result.GetResult(_rounding) is null ? null : result.GetValue(_rounding)?.ToLowerInvariant() switch
        {
            "nearest" => RoundingMethod.Nearest,
            "hqq" => RoundingMethod.Hqq,
            "feedback" => RoundingMethod.ErrorFeedback,
            _ => throw new MoEQuantException(QuantizeDiagnostics.Rounding, $"--rounding is '{result.GetValue(_rounding)}'; expected nearest, hqq or feedback."),
        };
        return rounding != RoundingMethod.ErrorFeedback || calibration.Source != CalibrationSource.None
            ? rounding
            : throw new MoEQuantException(QuantizeDiagnostics.FeedbackWithoutData, "--rounding is feedback, and there is no --calibration.");
    }

    private QuantizationScheme Scheme(ParseResult result)
    {
        if (result.GetResult(_scheme) is null)
            return new(3, 16);
        string text = result.GetValue(_scheme) ?? "";
        return QuantizationScheme.TryParse(text, out QuantizationScheme scheme)
            ? scheme
            : throw new MoEQuantException(CliDiagnostics.Scheme, $"--scheme is '{text}'; expected one of {QuantizationScheme.Names}.");
    }
}
