using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>The sums of one row for the tokens that a thread multiplies each weight with, in registers: numbers by name, because an indexed local array would lie in memory.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
internal interface ITokenTile<TSelf>
    where TSelf : struct, ITokenTile<TSelf>
{
    /// <summary>Tokens, T.</summary>
    int Tokens { get; }

    /// <summary>Columns that the inputs of T tokens fill in shared memory (<see cref="SharedTile.Length"/>).</summary>
    int SegmentColumns { get; }

    /// <summary>The first column, within the segment, of what belongs in one place of shared memory.</summary>
    int StageColumn(int index);

    /// <summary>Reads what belongs in one place of shared memory; zeros where there is no column or token.</summary>
    /// <param name="source">Where tokens are read.</param>
    /// <param name="firstColumn">The segment's first column.</param>
    /// <param name="index">The place.</param>
    Float4 Stage<TElement, TReader>(TokenSource<TElement> source, int firstColumn, int index)
        where TElement : unmanaged
        where TReader : struct, IElementReader<TElement>;

    /// <summary>Adds the products of four neighbouring weights.</summary>
    /// <param name="inputs">The segment in shared memory.</param>
    /// <param name="quad">The first weight's column in the segment, divided by 4.</param>
    /// <param name="weights">The weights.</param>
    TSelf AddProducts(ArrayView<Float4> inputs, int quad, Float4 weights);

    /// <summary>Adds other sums, each times a factor.</summary>
    TSelf AddScaled(TSelf other, float factor);

    /// <summary>Adds a weight times one number of each token.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="values">The numbers.</param>
    /// <param name="first">The first token's number.</param>
    /// <param name="stride">From token to token.</param>
    /// <param name="count">Tokens that exist.</param>
    TSelf AddValues(float weight, ArrayView<float> values, long first, int stride, int count);

    /// <summary>silu(sum) · up: the inner activation of a gated network, of which this is the gate.</summary>
    TSelf Activate(TSelf up);

    /// <summary>Keeps the sums in shared memory.</summary>
    void Save(ArrayView<Float4> shared, int thread, int threads);

    /// <summary>Adds the sums that another thread saved.</summary>
    TSelf AddSaved(ArrayView<Float4> shared, int thread, int threads);

    /// <summary>Writes the results.</summary>
    /// <param name="output">The results of all rows.</param>
    /// <param name="first">The first token's result.</param>
    /// <param name="stride">From token to token.</param>
    /// <param name="count">Tokens that exist.</param>
    void Write(ArrayView<float> output, long first, int stride, int count);
}
