using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>
/// Calibration balance (EAQuant, arXiv 2506.13329, section 3.4): an expert that the router sends less than r times the average number of tokens gets tokens of reserve sequences, those sequences
/// first that reach starved experts most; then those tokens that the router nearly sent to it; and an expert without any token gets all of them, so that no expert is ever quantized blindly.
/// </summary>
internal sealed class ExpertBalance
{
    private readonly CapturedRouting _routing;
    private readonly CalibrationData _data;
    private readonly CalibrationOptions _options;
    private readonly bool _normalised;
    private readonly int _target;

    private ExpertBalance(CapturedRouting routing, CalibrationData data, CalibrationOptions options, bool normalised)
    {
        _routing = routing;
        _data = data;
        _options = options;
        _normalised = normalised;
        double average = (double)data.PrimaryTokens * routing.PerToken / routing.ExpertCount;
        _target = (int)Math.Min(Math.Ceiling(options.BalanceRatio * average), routing.TokenCount);
    }

    /// <summary>Chooses the tokens of every expert.</summary>
    /// <param name="routing">The current stream's routing.</param>
    /// <param name="data">The sequences.</param>
    /// <param name="options">Ratio and weights.</param>
    /// <param name="normalised">True when the chosen experts' probabilities are divided by their sum.</param>
    public static IReadOnlyList<ExpertTokens> Choose(CapturedRouting routing, CalibrationData data, CalibrationOptions options, bool normalised) =>
        new ExpertBalance(routing, data, options, normalised).Choose();

    private ExpertTokens[] Choose()
    {
        List<int>[] routed = [.. Enumerable.Range(0, _routing.ExpertCount).Select(_ => new List<int>())];
        for (int token = 0; token < _routing.TokenCount; token++)
            foreach (int expert in _routing.Experts(token))
                routed[expert].Add(token);
        int[] primary = [.. routed.Select(tokens => tokens.TakeWhile(token => token < _data.PrimaryTokens).Count())];
        bool[] drawn = ReserveDraw.Draw(_routing, _data, [.. primary.Select(count => Math.Max(0, _target - count))]);
        return [.. routed.Select((tokens, expert) => Choose(expert, tokens, primary[expert], drawn))];
    }

    private ExpertTokens Choose(int expert, List<int> routed, int primary, bool[] drawn)
    {
        if (routed.Count == 0)
            return new(new(expert, 0, _routing.TokenCount, ExpertFallback.WholeStream), [], []);
        List<int> tokens = [.. primary >= _target ? routed.Take(primary) : routed.Where(token => token < _data.PrimaryTokens || drawn[token])];
        ExpertFallback fallback = tokens.Count > primary ? ExpertFallback.Balanced : ExpertFallback.None;
        if (tokens.Count < _target)
        {
            AddNearMisses(expert, tokens, routed);
            fallback = ExpertFallback.NearMiss;
        }

        float[] weights = [.. tokens.Select(token => Weight(expert, token))];
        return new(new(expert, primary, tokens.Count, fallback), [.. tokens], weights.Any(weight => weight > 0) ? weights : []);
    }

    private void AddNearMisses(int expert, List<int> tokens, List<int> routed)
    {
        HashSet<int> taken = [.. routed];
        IEnumerable<int> nearest = Enumerable.Range(0, _routing.TokenCount).Where(token => !taken.Contains(token))
            .OrderByDescending(token => _routing.Probabilities[token, expert]).ThenBy(token => token);
        tokens.AddRange(routed.Except(tokens.ToArray()).Concat(nearest).Take(_target - tokens.Count).ToArray());
        tokens.Sort();
    }

    // A token that was not sent here counts with the weight that it would have had.
    private float Weight(int expert, int token)
    {
        int choice = _routing.Experts(token).IndexOf(expert);
        float probability = _routing.Probabilities[token, expert];
        double weight = choice >= 0 ? _routing.Weights(token)[choice] : _normalised ? probability / (Sum(token) + probability) : probability;
        return (float)Math.Pow(weight, _options.RouterWeightPower);
    }

    private float Sum(int token)
    {
        float sum = 0;
        foreach (int expert in _routing.Experts(token))
            sum += _routing.Probabilities[token, expert];
        return sum;
    }
}
