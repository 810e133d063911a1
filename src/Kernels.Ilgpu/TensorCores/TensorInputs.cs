using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Inputs as tensor cores take them, in working memory: for every row of inputs halves, sums of 64 columns and a scale.</summary>
/// <remarks>
/// A row is divided by a power of two so that its largest number is between 2^14 and 2^15: numbers neither overflow nor lose more than half precision's eleven bits. Columns are filled up with zeros to
/// a multiple of 64. Of four columns the halves of 0 and 2 share a word, and those of 1 and 3: the order in which masks take codes from words.
/// </remarks>
internal readonly struct TensorInputs
{
    private readonly ArrayView<float> _memory;
    private readonly long _first;
    private readonly int _rows;

    /// <summary>Finds the parts of working memory.</summary>
    /// <param name="work">The working memory of a product.</param>
    /// <param name="w">Its matrices.</param>
    /// <param name="slots">Its results per matrix.</param>
    /// <param name="rows">Rows of inputs, at most <paramref name="slots"/>.</param>
    public TensorInputs(ArrayView<float> work, ProductOperands w, int slots, int rows)
    {
        _memory = work;
        _first = LatentLength(w, slots);
        _rows = rows;
        Steps = StepsOf(w.First.Columns);
    }

    /// <summary>Pieces of 64 columns in a row.</summary>
    public int Steps { get; }

    /// <summary>The halves, 32 words for each piece.</summary>
    public ArrayView<uint> Halves => _memory.SubView(_first, 32L * Steps * _rows).Cast<uint>();

    /// <summary>The sums of the halves of each piece.</summary>
    public ArrayView<float> Sums => _memory.SubView(_first + (32L * Steps * _rows), (long)Steps * _rows);

    /// <summary>What each row was divided by.</summary>
    public ArrayView<float> Scales => _memory.SubView(_first + (33L * Steps * _rows), _rows);

    /// <summary>Numbers of working memory for a product on tensor cores.</summary>
    public static long WorkLength(ProductOperands w, int slots) => LatentLength(w, slots) + (((33L * StepsOf(w.First.Columns)) + 1) * slots);

    // A multiple of four, so that four words are loaded at once.
    private static long LatentLength(ProductOperands w, int slots) => (w.LatentLength(slots) + 3) / 4 * 4;

    private static int StepsOf(int columns) => (int)(((long)columns + 63) / 64);
}
