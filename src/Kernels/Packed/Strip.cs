namespace MoEQuant.Kernels;

/// <summary>The rows of a tile that one register holds: where their codes, scales and zero points lie in the tile's blocks.</summary>
/// <remarks>A register of 16 lanes takes a whole tile, one of 4 lanes a quarter of it. Strips are numbered through the matrix.</remarks>
internal readonly unsafe struct Strip
{
    private readonly byte* _block;
    private readonly int _lane;

    /// <summary>A strip of a matrix.</summary>
    /// <param name="w">The matrix.</param>
    /// <param name="index">Which strip.</param>
    /// <param name="lanes">Lanes of a register.</param>
    public Strip(in PackedMatrix w, int index, int lanes)
    {
        FirstRow = index * lanes;
        _lane = FirstRow % PackedShape.TileRows;
        _block = w.Data + FirstRow / PackedShape.TileRows * w.Shape.TileBytes;
    }

    /// <summary>The strip's first row in the matrix.</summary>
    public int FirstRow { get; }

    /// <summary>Its codes in the tile's first block, as <see cref="ICodes.Read16"/> wants them. The next block's are BlockBytes
    /// further.</summary>
    public byte* Codes => _block + _lane * 4;

    /// <summary>Its scales in the tile's first block; zero points are 32 bytes further.</summary>
    public byte* Scales(int codeBytes) => _block + codeBytes + _lane * 2;
}
