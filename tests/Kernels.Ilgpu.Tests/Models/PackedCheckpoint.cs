using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>A checkpoint that the engine has packed, in a folder of its own.</summary>
internal sealed class PackedCheckpoint : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="checkpoint">The checkpoint's folder.</param>
    public PackedCheckpoint(string checkpoint)
    {
        // …/bin/Kernels.Ilgpu.Tests/release/ → …/bin/Quantizer/release/: in whatever artifacts folder this was built.
        string configuration = System.IO.Path.GetFileName(AppContext.BaseDirectory.TrimEnd(System.IO.Path.DirectorySeparatorChar));
        string engine = System.IO.Path.Combine(AppContext.BaseDirectory, "..", "..", "Quantizer", configuration, "moequant.dll");
        ProcessResult result = ChildProcess.Run(
            ChildProcess.DotNetHost, [engine, "quantize", checkpoint, "--output", Path, "--dense-rank", "4", "--sparse-rank", "2", "--rounding", "nearest"], _folder.Path, null, TimeSpan.FromMinutes(15));
        Assert.AreEqual(0, result.ExitCode, result.Output);
    }

    public string Path => _folder.File("m.moeq");

    public void Dispose() => _folder.Dispose();
}
