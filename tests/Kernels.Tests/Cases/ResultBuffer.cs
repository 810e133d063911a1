using MoEQuant.TestSupport.Memory;

namespace MoEQuant.Kernels.Tests;

/// <summary>Guarded memory for results in which every value that was not written can be told from one that was.</summary>
internal sealed unsafe class ResultBuffer : IDisposable
{
    // A NaN with a payload that no computation produces.
    private const uint Untouched = 0x7FC5A5A5;

    private readonly GuardedMemory memory;
    private readonly int tokens;

    public ResultBuffer(int tokens, int rows, int gap = 3)
    {
        this.tokens = tokens;
        Rows = rows;
        Stride = rows + gap;
        // Behind the last token's last row lies the guard page, not another gap.
        memory = new GuardedMemory(((tokens - 1) * Stride + rows) * sizeof(float));
        memory.Values<uint>().Fill(Untouched);
    }

    public int Rows { get; }

    public int Stride { get; }

    public float* Pointer => (float*)memory.Pointer;

    public float this[int token, int row] => Pointer[token * Stride + row];

    public void Fill(Func<int, int, float> value)
    {
        for (int token = 0; token < tokens; token++)
            for (int row = 0; row < Rows; row++)
                Pointer[token * Stride + row] = value(token, row);
    }

    /// <summary>Asserts that exactly the rows [first, end) of every token were written.</summary>
    public void AssertWritten(int first, int end, string what)
    {
        Span<uint> words = memory.Values<uint>();
        for (int index = 0; index < words.Length; index++)
        {
            int row = index % Stride;
            bool expected = row >= first && row < end;
            if (expected == (words[index] == Untouched))
                Assert.Fail($"{what}: row {row} of token {index / Stride} was {(expected ? "not written" : "written")}; range {first}..{end}.");
        }
    }

    public void Dispose() => memory.Dispose();
}
