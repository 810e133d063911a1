namespace MoEQuant.Kernels.Tests;

[TestClass]
public sealed class KernelCatalogTests
{
    [TestMethod]
    public void Available_Always_EndsWithScalarAndHasNoDuplicates()
    {
        string[] names = [.. KernelCatalog.Available.Select(kernel => kernel.Name)];
        Assert.AreEqual("Scalar", names[^1]);
        CollectionAssert.AllItemsAreUnique(names);
        CollectionAssert.IsSubsetOf(names, new[] { "Avx512", "AvxVnni", "Avx2", "ArmDp", "Vector128", "Scalar" });
    }

    [TestMethod]
    public void Select_KnownName_ReturnsThatKernel()
    {
        foreach (MatrixKernel kernel in KernelCatalog.Available)
            Assert.AreSame(kernel, KernelCatalog.Select(kernel.Name.ToUpperInvariant()));
    }

    [TestMethod]
    public void Select_NoName_ReturnsTheFirst() => Assert.AreSame(KernelCatalog.Available[0], KernelCatalog.Select(null));

    [TestMethod]
    public void Select_UnknownName_ThrowsAndListsTheNames()
    {
        InvalidOperationException exception = Assert.ThrowsExactly<InvalidOperationException>(() => KernelCatalog.Select("Sse9"));
        StringAssert.Contains(exception.Message, "Sse9");
        StringAssert.Contains(exception.Message, "Scalar");
    }

    [TestMethod]
    public void Best_VariableSet_IsTheKernelItNames()
    {
        string? before = Environment.GetEnvironmentVariable(KernelCatalog.Variable);
        try
        {
            Environment.SetEnvironmentVariable(KernelCatalog.Variable, "Scalar");
            Assert.AreEqual("Scalar", KernelCatalog.Best.Name);
            Environment.SetEnvironmentVariable(KernelCatalog.Variable, "Scalr");
            Assert.ThrowsExactly<InvalidOperationException>(() => KernelCatalog.Best);
        }
        finally
        {
            Environment.SetEnvironmentVariable(KernelCatalog.Variable, before);
        }
    }
}
