using MoEQuant.Kernels;
using MoEQuant.Kernels.Devices;

namespace MoEQuant.Runtime.Weights;

/// <summary>
/// The weights of a linear layer y = W x, W of shape [<see cref="OutFeatures"/>, <see cref="InFeatures"/>], in whatever form they are stored.
/// Work is offered in tiles of 16 output rows so that a caller can spread several layers over one parallel region.
/// </summary>
public abstract unsafe class LinearWeights
{
    private protected LinearWeights(int outFeatures, int inFeatures)
    {
        OutFeatures = outFeatures;
        InFeatures = inFeatures;
    }

    /// <summary>Number of outputs N.</summary>
    public int OutFeatures { get; }

    /// <summary>Number of inputs K.</summary>
    public int InFeatures { get; }

    /// <summary>Tiles of 16 output rows, the last one possibly partial.</summary>
    public int TileCount => (OutFeatures + PackedShape.TileRows - 1) / PackedShape.TileRows;

    /// <summary>Width of the low-rank compensator; 0 when there is none.</summary>
    public virtual int Rank => 0;

    /// <summary>What happens to the inputs before they are multiplied.</summary>
    public virtual InputTreatment InputTreatment => default;

    /// <summary>The weights as a device takes them.</summary>
    internal abstract LinearOperand Operand { get; }

    /// <summary>Projects the inputs onto the compensator's ranks: <c>latent[t, i] = sum over k of V[i, k] x[t, k]</c>. Does nothing for rank 0.</summary>
    /// <param name="kernel">The kernels to use.</param>
    /// <param name="x">The inputs after <see cref="InputTreatment"/>.</param>
    /// <param name="firstRank">First rank to compute.</param>
    /// <param name="endRank">One past the last rank to compute.</param>
    /// <param name="latent">Receives [tokens, <see cref="Rank"/>].</param>
    public virtual void Project(MatrixKernel kernel, in LinearInput x, int firstRank, int endRank, float* latent)
    {
    }

    /// <summary>Computes the outputs of some tiles: <c>y[t * yStride + n]</c> for the rows n of tiles [firstTile, endTile).</summary>
    /// <param name="kernel">The kernels to use.</param>
    /// <param name="x">The inputs after <see cref="InputTreatment"/>.</param>
    /// <param name="latent">What <see cref="Project"/> gave for the same inputs; unused for rank 0.</param>
    /// <param name="firstTile">First tile.</param>
    /// <param name="endTile">One past the last tile.</param>
    /// <param name="y">Receives the outputs.</param>
    /// <param name="yStride">Distance between two tokens' outputs, in elements.</param>
    public abstract void Multiply(MatrixKernel kernel, in LinearInput x, float* latent, int firstTile, int endTile, float* y, nint yStride);

    /// <summary>Writes row <paramref name="row"/> of W, compensator included, as floats: an embedding look-up, or one step of dequantization.</summary>
    /// <param name="row">The row, below <see cref="OutFeatures"/>.</param>
    /// <param name="destination">Receives <see cref="InFeatures"/> values.</param>
    public abstract void ReadRow(int row, Span<float> destination);
}
