using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>Where the tokens of one layer went.</summary>
internal sealed class CapturedRouting(int tokenCount, int expertCount, int perToken) : IDisposable
{
    private readonly int[] _experts = new int[checked(tokenCount * perToken)];
    private readonly float[] _weights = new float[checked(tokenCount * perToken)];

    /// <summary>Tokens.</summary>
    public int TokenCount => tokenCount;

    /// <summary>Routed experts of the layer.</summary>
    public int ExpertCount => expertCount;

    /// <summary>Experts chosen per token.</summary>
    public int PerToken => perToken;

    /// <summary>Softmax of the router's outputs, [tokens, experts].</summary>
    public FloatMatrix Probabilities { get; } = new(tokenCount, expertCount);

    /// <summary>The experts of a token in order of falling probability.</summary>
    public Span<int> Experts(int token) => _experts.AsSpan(token * perToken, perToken);

    /// <summary>The weights of a token's experts, as the layer uses them (renormalised where the model does so).</summary>
    public Span<float> Weights(int token) => _weights.AsSpan(token * perToken, perToken);

    /// <summary>The tokens that go to an expert, ascending, and their weights.</summary>
    public (int[] Tokens, float[] Weights) TokensOf(int expert)
    {
        List<int> tokens = [];
        List<float> weights = [];
        for (int token = 0; token < tokenCount; token++)
        {
            int choice = Experts(token).IndexOf(expert);
            if (choice < 0)
                continue;
            tokens.Add(token);
            weights.Add(Weights(token)[choice]);
        }

        return ([.. tokens], [.. weights]);
    }

    public void Dispose() => Probabilities.Dispose();
}
