namespace MoEQuant.Runtime.Model.Execution;

/// <summary>Which token goes to which experts, and the inverse: a counting sort of (token, choice) pairs by expert. A pair's place in that order is its slot.</summary>
internal sealed class RoutedTokens
{
    private readonly int _expertCount;
    private readonly int _perToken;
    private readonly int[] _experts;
    private readonly float[] _weights;
    private readonly int[] _slotOfPair;
    private readonly int[] _tokenOfSlot;
    private readonly int[] _start;
    private int _tokens;

    public RoutedTokens(int maxTokens, int expertCount, int perToken)
    {
        _expertCount = expertCount;
        _perToken = perToken;
        _experts = new int[maxTokens * perToken];
        _weights = new float[maxTokens * perToken];
        _slotOfPair = new int[maxTokens * perToken];
        _tokenOfSlot = new int[maxTokens * perToken];
        _start = new int[expertCount + 1];
    }

    /// <summary>Pairs in the current batch.</summary>
    public int SlotCount => _tokens * _perToken;

    public void Reset(int tokens) => _tokens = tokens;

    /// <summary>The experts of a token, to be filled before <see cref="Group"/>.</summary>
    public Span<int> Experts(int token) => _experts.AsSpan(token * _perToken, _perToken);

    /// <summary>The weights of a token's experts.</summary>
    public Span<float> Weights(int token) => _weights.AsSpan(token * _perToken, _perToken);

    /// <summary>Sorts the pairs by expert; within an expert tokens keep their order.</summary>
    public void Group()
    {
        Array.Clear(_start);
        for (int pair = 0; pair < SlotCount; pair++)
            _start[_experts[pair] + 1]++;
        for (int expert = 0; expert < _expertCount; expert++)
            _start[expert + 1] += _start[expert];

        // Placing a pair advances its expert's start; walking the starts back afterwards avoids a second counter per expert.
        for (int pair = 0; pair < SlotCount; pair++)
        {
            int slot = _start[_experts[pair]]++;
            _slotOfPair[pair] = slot;
            _tokenOfSlot[slot] = pair / _perToken;
        }

        for (int expert = _expertCount; expert > 0; expert--)
            _start[expert] = _start[expert - 1];
        _start[0] = 0;
    }

    public (int Start, int Count) SlotsOf(int expert) => (_start[expert], _start[expert + 1] - _start[expert]);

    public int TokenOf(int slot) => _tokenOfSlot[slot];

    /// <summary>The slots of a token, in the order of its experts.</summary>
    public ReadOnlySpan<int> SlotsOfToken(int token) => _slotOfPair.AsSpan(token * _perToken, _perToken);
}
