using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Routing;

/// <summary>
/// The Kullback–Leibler divergence of a router's softmax from a reference's, over the reference's most probable experts one by one and all others as one outcome, so that it is never negative.
/// One expert's logits are varied at a time, at a cost that does not depend on the number of experts.
/// </summary>
internal sealed class RoutingDivergence
{
    private readonly FloatMatrix _current;
    private readonly double[] _peak;
    private readonly bool[] _chosen;
    private readonly double[] _reference;
    private readonly double[] _chosenSum;
    private readonly double[] _restSum;
    private readonly double[] _linear;
    private readonly double[] _restShare;

    /// <param name="reference">Logits of the router to follow, [tokens, experts].</param>
    /// <param name="current">Logits of the router that is made, [tokens, experts]; rows are read again at every <see cref="Vary"/>.</param>
    /// <param name="outcomes">Experts per token that count one by one.</param>
    public RoutingDivergence(FloatMatrix reference, FloatMatrix current, int outcomes)
    {
        (int tokens, int experts) = (reference.Rows, reference.Columns);
        _current = current;
        _peak = new double[tokens];
        _chosen = new bool[(long)tokens * experts];
        _reference = new double[(long)tokens * experts];
        (_chosenSum, _restSum, _linear, _restShare) = (new double[tokens], new double[tokens], new double[tokens], new double[tokens]);
        int[] largest = new int[Math.Min(outcomes, experts)];
        for (int token = 0; token < tokens; token++)
        {
            ReadOnlySpan<float> logits = reference.Row(token);
            RouterAgreement.SelectLargest(logits, largest);
            _peak[token] = logits[largest[0]];
            double sum = 0;
            foreach (float logit in logits)
                sum += Math.Exp(logit - _peak[token]);
            for (int expert = 0; expert < experts; expert++)
                _reference[Index(token, expert)] = Math.Exp(logits[expert] - _peak[token]) / sum;
            foreach (int expert in largest)
                _chosen[Index(token, expert)] = true;
        }
    }

    /// <summary>Takes one expert out, to be put back with different logits by <see cref="With"/>.</summary>
    public void Vary(int expert)
    {
        for (int token = 0; token < _current.Rows; token++)
        {
            (_chosenSum[token], _restSum[token], _linear[token], _restShare[token]) = (0, 0, 0, 0);
            ReadOnlySpan<float> logits = _current.Row(token);
            for (int other = 0; other < logits.Length; other++)
            {
                double probability = _reference[Index(token, other)], logit = logits[other] - _peak[token];
                bool chosen = _chosen[Index(token, other)];
                if (!chosen)
                    _restShare[token] += probability;
                if (other == expert)
                    continue;
                if (chosen)
                    (_chosenSum[token], _linear[token]) = (_chosenSum[token] + Math.Exp(logit), _linear[token] + (probability * logit));
                else
                    _restSum[token] += Math.Exp(logit);
            }
        }
    }

    /// <summary>The mean divergence with other logits for the expert of <see cref="Vary"/>, up to a constant that depends on the reference alone.</summary>
    public double With(int expert, ReadOnlySpan<float> logits)
    {
        double total = 0;
        for (int token = 0; token < logits.Length; token++)
        {
            double logit = logits[token] - _peak[token], exponential = Math.Exp(logit);
            bool chosen = _chosen[Index(token, expert)];
            double linear = _linear[token] + (chosen ? _reference[Index(token, expert)] * logit : 0);
            double rest = _restSum[token] + (chosen ? 0 : exponential);
            double restTerm = _restShare[token] > 0 && rest > 0 ? _restShare[token] * Math.Log(rest) : 0;
            total += Math.Log(_chosenSum[token] + _restSum[token] + exponential) - linear - restTerm;
        }

        return logits.Length == 0 ? 0 : total / logits.Length;
    }

    private long Index(int token, int expert) => ((long)token * _current.Columns) + expert;
}
