namespace MoEQuant.Runtime.Model.Plan;

/// <summary>One tensor that a checkpoint of a given configuration must have.</summary>
/// <param name="Name">The name in the checkpoint and in the packed file.</param>
/// <param name="Rows">Output features of a matrix, or the length of a vector.</param>
/// <param name="Columns">Input features of a matrix; 0 for a vector.</param>
/// <param name="Role">What the tensor does.</param>
/// <param name="Layer">The decoder layer, or -1 outside the layers.</param>
/// <param name="Expert">The routed expert, or -1.</param>
public sealed record PlannedTensor(string Name, int Rows, int Columns, TensorRole Role, int Layer = -1, int Expert = -1)
{
    /// <summary>True for a vector (norm weight, bias).</summary>
    public bool IsVector => Columns == 0;

    /// <summary>Number of weights.</summary>
    public long ElementCount => IsVector ? Rows : (long)Rows * Columns;
}
