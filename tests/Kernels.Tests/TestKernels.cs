namespace MoEQuant.Kernels.Tests;

/// <summary>The kernels that this machine, in this process, can run; the source of rows for tests.</summary>
internal static class TestKernels
{
    public static IEnumerable<object[]> Names => KernelCatalog.Available.Select(kernel => new object[] { kernel.Name });

    public static IEnumerable<object[]> NamesAndBits =>
        from kernel in KernelCatalog.Available
        from bits in new[] { 3, 4, 8 }
        select new object[] { kernel.Name, bits };

    public static IEnumerable<object[]> NamesAndActivationBits =>
        from kernel in KernelCatalog.Available
        from bits in new[] { 4, 8 }
        select new object[] { kernel.Name, bits };

    public static IEnumerable<object[]> NamesAndDenseTypes =>
        from kernel in KernelCatalog.Available
        from type in Enum.GetValues<DenseType>()
        select new object[] { kernel.Name, type };

    public static IEnumerable<object[]> NamesAndFactorBits =>
        from kernel in KernelCatalog.Available
        from bits in new[] { 3, 8 }
        select new object[] { kernel.Name, bits };

    public static MatrixKernel Get(string name) => KernelCatalog.Available.Single(kernel => kernel.Name == name);
}
