namespace MoEQuant.Kernels.Tests;

/// <summary>Products of tokens that are read where they lie: the tokens of an expert.</summary>
[TestClass]
public sealed unsafe class SelectionTests
{
    private const int Tokens = 23;
    private const int Columns = 200;

    // Any order, with repetitions; shorter and longer than the batches that the kernels take apart.
    private static readonly int[][] Selections = [[7], [22, 0], [5, 5, 1], [3, 4, 5, 6], [20, 2, 11, 2, 0, 22, 9], [.. Enumerable.Range(0, 100).Select(index => index * 7 % Tokens)]];

    [TestMethod]
    [DynamicData(nameof(TestKernels.NamesAndBits), typeof(TestKernels))]
    public void Multiply_SelectedTokens_HaveTheResultsOfTheWholeBatch(string kernelName, int bits)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        Random random = new(bits);
        using PackedCase matrix = new(random, new PackedShape(37, Columns, bits, 64));
        using TokenCase floats = new(random, Tokens, Columns);
        using QuantizedCase quantized = new(random, kernel, new ActivationScheme(8, 64), Tokens, Columns);
        ActivationBlock x = floats.Block;
        QuantizedActivations codes = quantized.Block;
        AssertSelections(37, (y, stride) => kernel.Multiply(matrix.Matrix, x, 0, 3, y, stride), (rows, count, y, stride) => kernel.Multiply(matrix.Matrix, x.Select(rows, count), 0, 3, y, stride));
        AssertSelections(37, (y, stride) => kernel.Multiply(matrix.Matrix, codes, 0, 3, y, stride), (rows, count, y, stride) => kernel.Multiply(matrix.Matrix, codes.Select(rows, count), 0, 3, y, stride));
    }

    [TestMethod]
    [DynamicData(nameof(TestKernels.NamesAndFactorBits), typeof(TestKernels))]
    public void Project_SelectedTokens_HaveTheResultsOfTheWholeBatch(string kernelName, int bits)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        Random random = new(bits);
        using FactorCase v = new(random, new FactorShape(11, Columns, bits));
        using TokenCase floats = new(random, Tokens, Columns);
        ActivationBlock x = floats.Block;
        AssertSelections(11, (y, stride) => kernel.Project(v.Factor, x, 0, 11, y, stride), (rows, count, y, stride) => kernel.Project(v.Factor, x.Select(rows, count), 0, 11, y, stride));
    }

    [TestMethod]
    public void Select_Misuse_IsRefused()
    {
        using TokenCase floats = new(new Random(1), 2, Columns);
        int row = 1;
        ActivationBlock x = floats.Block;
        ActivationBlock selected = x.Select(&row, 1);
        nint address = (nint)(&row);
        Assert.ThrowsExactly<InvalidOperationException>(() => selected.Select((int*)address, 1));
        Assert.ThrowsExactly<ArgumentNullException>(() => x.Select(null, 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => x.Select((int*)address, -1));
    }

    private static void AssertSelections(int width, WholeProduct whole, SelectedProduct selected)
    {
        using ResultBuffer all = new(Tokens, width);
        whole(all.Pointer, all.Stride);
        foreach (int[] selection in Selections)
        {
            using ResultBuffer y = new(selection.Length, width);
            fixed (int* rows = selection)
                selected(rows, selection.Length, y.Pointer, y.Stride);
            for (int token = 0; token < selection.Length; token++)
                for (int n = 0; n < width; n++)
                    Assert.AreEqual(all[selection[token], n], y[token, n], $"row {n} of token {token} of {selection.Length}");
        }
    }

    private delegate void WholeProduct(float* y, nint stride);

    private delegate void SelectedProduct(int* rows, int count, float* y, nint stride);
}
