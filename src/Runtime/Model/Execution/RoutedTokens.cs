using MoEQuant.Runtime.Memory;

namespace MoEQuant.Runtime.Model.Execution;

/// <summary>Which token goes to which experts, and the inverse: a counting sort of (token, choice) pairs by expert. A pair's place in that order is its slot.</summary>
internal sealed unsafe class RoutedTokens : IDisposable
{
    private readonly int _expertCount;
    private readonly int _perToken;
    private readonly int[] _experts;
    private readonly float[] _weights;
    private readonly float[] _weightOfSlot;
    private readonly int[] _slotsOfTokens;
    private readonly int[] _filled;
    private readonly int[] _start;
    private readonly NativeArray<int> _tokenOfSlot;
    private int _tokens;

    public RoutedTokens(int maxTokens, int expertCount, int perToken)
    {
        _expertCount = expertCount;
        _perToken = perToken;
        _experts = new int[maxTokens * perToken];
        _weights = new float[maxTokens * perToken];
        _weightOfSlot = new float[maxTokens * perToken];
        _slotsOfTokens = new int[maxTokens * perToken];
        _filled = new int[maxTokens];
        _start = new int[expertCount + 1];
        _tokenOfSlot = new NativeArray<int>(maxTokens * (long)perToken);
    }

    /// <summary>Pairs in the current batch.</summary>
    public int SlotCount => _tokens * _perToken;

    /// <summary>The token of every slot.</summary>
    public int* TokenOfSlot => _tokenOfSlot.Pointer;

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
            TokenOfSlot[slot] = pair / _perToken;
            _weightOfSlot[slot] = _weights[pair];
        }

        for (int expert = _expertCount; expert > 0; expert--)
            _start[expert] = _start[expert - 1];
        _start[0] = 0;
        ListSlots();
    }

    /// <summary>Where an expert's slots begin, and how many they are.</summary>
    public (int Start, int Count) SlotsOf(int expert) => (_start[expert], _start[expert + 1] - _start[expert]);

    /// <summary>Where a part of the slots ends that begins at <paramref name="first"/> and has at most <paramref name="most"/>: between two experts, unless one alone has more.</summary>
    public int EndOfWave(int first, int most)
    {
        int end = Math.Min(first + most, SlotCount), boundary = _expertCount;
        while (_start[boundary] > end)
            boundary--;
        return end == SlotCount || _start[boundary] <= first ? end : _start[boundary];
    }

    /// <summary>The slots of a token in ascending order, which is that of the experts.</summary>
    public ReadOnlySpan<int> SlotsOfToken(int token) => _slotsOfTokens.AsSpan(token * _perToken, _perToken);

    /// <summary>The weight of a slot's expert for its token.</summary>
    public float WeightOf(int slot) => _weightOfSlot[slot];

    public void Dispose() => _tokenOfSlot.Dispose();

    private void ListSlots()
    {
        Array.Clear(_filled, 0, _tokens);
        for (int slot = 0; slot < SlotCount; slot++)
        {
            int token = TokenOfSlot[slot];
            _slotsOfTokens[(token * _perToken) + _filled[token]++] = slot;
        }
    }
}
