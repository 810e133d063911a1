using System.Reflection;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>The decoder's kernels as CUDA would get them. No CUDA device is needed to make the text.</summary>
[TestClass]
public sealed class DecoderPtxTests
{
    [TestMethod]
    [DataRow(typeof(RmsNormKernel), "Normalise", true)]
    [DataRow(typeof(RotaryKernel), "Rotate", false)]
    [DataRow(typeof(AttentionKernel), "Attend", true)]
    [DataRow(typeof(RouterKernel), "Select", true)]
    [DataRow(typeof(GroupingKernel), "Sort", false)]
    [DataRow(typeof(ElementKernels), "Add", false)]
    [DataRow(typeof(ElementKernels), "AddBias", false)]
    [DataRow(typeof(ElementKernels), "Clamp", false)]
    [DataRow(typeof(ElementKernels), "Activate", false)]
    [DataRow(typeof(ElementKernels), "Combine", false)]
    [DataRow(typeof(DenseProductKernel), "Multiply", true)]
    [DataRow(typeof(TableKernels), "LookUpPacked", false)]
    [DataRow(typeof(TableKernels), "LookUpDense", false)]
    public void Compile_ForAmpere_HasNoLocalMemoryAndTheBarriersItNeeds(Type type, string kernel, bool waits)
    {
        using Context context = Context.Create(builder => builder.Optimize(OptimizationLevel.O2));
        using PTXBackend backend = new(context, new CudaCapabilityContext(CudaArchitecture.SM_80), CudaArchitecture.SM_80, CudaInstructionSet.ISA_70, null);
        MethodInfo method = type.GetMethod(kernel, BindingFlags.Public | BindingFlags.Static)!;

        string ptx = ((PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(method), KernelSpecialization.Empty)).PTXAssembly;

        Assert.DoesNotContain(".local", ptx);
        Assert.DoesNotContain("call", ptx);
        Assert.AreEqual(waits, ptx.Contains("bar.sync", StringComparison.Ordinal), ptx);
        Assert.AreEqual(waits, ptx.Contains(".shared", StringComparison.Ordinal), ptx);
    }
}
