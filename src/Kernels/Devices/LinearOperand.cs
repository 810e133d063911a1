namespace MoEQuant.Kernels.Devices;

/// <summary>A linear layer W [N, K] in host memory, to be uploaded: packed, W = Ŵ + U · V, or in floating point. The memory is someone else's, usually a mapped file.</summary>
public readonly struct LinearOperand
{
    /// <summary>Takes a matrix in floating point.</summary>
    public LinearOperand(DenseMatrix dense)
    {
        Dense = dense;
        Rows = dense.Rows;
        Columns = dense.Columns;
    }

    /// <summary>Takes a packed matrix with its compensator.</summary>
    /// <param name="packed">Ŵ [N, K].</param>
    /// <param name="rank">The compensator's rank r; 0 without one.</param>
    /// <param name="inputFactor">V [r, K]; ignored at rank 0.</param>
    /// <param name="outputFactor">U, transposed [r, N]; ignored at rank 0.</param>
    /// <exception cref="ArgumentException">A factor's shape is not that of the matrix.</exception>
    public LinearOperand(PackedMatrix packed, int rank = 0, LowRankFactor inputFactor = default, LowRankFactor outputFactor = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        Packed = packed;
        IsPacked = true;
        Rows = packed.Shape.Rows;
        Columns = packed.Shape.Columns;
        Rank = rank;
        if (rank == 0)
            return;
        if (inputFactor.Shape.Rank != rank || inputFactor.Shape.Length != Columns || outputFactor.Shape.Rank != rank || outputFactor.Shape.Length != Rows)
            throw new ArgumentException($"Factors [{inputFactor.Shape.Rank}, {inputFactor.Shape.Length}] and [{outputFactor.Shape.Rank}, {outputFactor.Shape.Length}] do not fit [{Rows}, {Columns}] and rank {rank}.");
        InputFactor = inputFactor;
        OutputFactor = outputFactor;
    }

    /// <summary>Outputs N.</summary>
    public int Rows { get; }

    /// <summary>Inputs K.</summary>
    public int Columns { get; }

    /// <summary>Whether <see cref="Packed"/> holds the weights, and not <see cref="Dense"/>.</summary>
    public bool IsPacked { get; }

    /// <summary>The weights in floating point.</summary>
    public DenseMatrix Dense { get; }

    /// <summary>The packed weights Ŵ.</summary>
    public PackedMatrix Packed { get; }

    /// <summary>The compensator's rank r; 0 without one.</summary>
    public int Rank { get; }

    /// <summary>V [r, K].</summary>
    public LowRankFactor InputFactor { get; }

    /// <summary>U, transposed [r, N].</summary>
    public LowRankFactor OutputFactor { get; }
}
