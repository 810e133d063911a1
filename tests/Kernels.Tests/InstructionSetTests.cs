using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MoEQuant.Kernels.Tests;

/// <summary>Which instructions this process may use. <see cref="InstructionSetLegTests"/> runs this class first in each of its child
/// processes.</summary>
[TestClass]
public sealed class InstructionSetTests
{
    /// <summary>Names the leg that a child process is; absent in ordinary runs.</summary>
    public const string LegVariable = "MOEQUANT_TEST_LEG";

    [TestMethod]
    public void IsSupported_InThisLeg_IsWhatTheLegSays()
    {
        string leg = Environment.GetEnvironmentVariable(LegVariable) ?? "";
        string[] names = [.. KernelCatalog.Available.Select(kernel => kernel.Name)];
        switch (leg)
        {
            case "":
                Assert.AreEqual(Avx512F.IsSupported && Avx512BW.IsSupported, names.Contains("Avx512"));
                Assert.AreEqual(Avx2.IsSupported && Fma.IsSupported, names.Contains("Avx2"));
                Assert.AreEqual(Avx2.IsSupported && Fma.IsSupported && AvxVnni.IsSupported, names.Contains("AvxVnni"));
                Assert.AreEqual(Dp.IsSupported, names.Contains("ArmDp"));
                Assert.AreEqual(Vector128.IsHardwareAccelerated, names.Contains("Vector128"));
                break;
            case "NoAvx512":
                Assert.IsFalse(Avx512F.IsSupported);
                Assert.IsTrue(Avx2.IsSupported);
                CollectionAssert.AreEqual((string[])[.. AvxVnni.IsSupported ? new[] { "AvxVnni" } : [], "Avx2", "Vector128", "Scalar"], names);
                break;
            case "NoAvx2":
                Assert.IsFalse(Avx512F.IsSupported || Avx2.IsSupported || Fma.IsSupported);
                Assert.IsTrue(Vector128.IsHardwareAccelerated);
                CollectionAssert.AreEqual(new[] { "Vector128", "Scalar" }, names);
                break;
            case "NoIntrinsics":
                Assert.IsFalse(Avx512F.IsSupported || Avx2.IsSupported || Vector128.IsHardwareAccelerated);
                CollectionAssert.AreEqual(new[] { "Scalar" }, names);
                break;
            default:
                Assert.Fail($"Unknown leg '{leg}'.");
                break;
        }
    }
}
