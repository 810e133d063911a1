using System.Runtime.InteropServices;
using MoEQuant.Format;
using MoEQuant.TestSupport.Checkpoints;

namespace MoEQuant.Quantizer.Tests.Calibration;

/// <summary>Changes tensors of a checkpoint in one BF16 file.</summary>
internal static class CheckpointEdit
{
    /// <summary>Rewrites one tensor.</summary>
    /// <param name="folder">The checkpoint.</param>
    /// <param name="tensor">Its name.</param>
    /// <param name="change">Gets the elements, row-major.</param>
    public static void Change(string folder, string tensor, Action<float[]> change)
    {
        string path = Path.Combine(folder, CheckpointBuilder.SingleFileName);
        long offset, length;
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            TensorEntry entry = file.Tensors.Single(candidate => candidate.Name == tensor);
            (offset, length) = (entry.Offset, entry.Length);
        }

        using FileStream stream = File.Open(path, FileMode.Open);
        ushort[] bits = new ushort[length / sizeof(ushort)];
        stream.Position = offset;
        stream.ReadExactly(MemoryMarshal.AsBytes(bits.AsSpan()));
        float[] values = [.. bits.Select(element => BitConverter.UInt32BitsToSingle((uint)element << 16))];
        change(values);
        for (int i = 0; i < bits.Length; i++)
            bits[i] = (ushort)(BitConverter.SingleToUInt32Bits(values[i]) >> 16);
        stream.Position = offset;
        stream.Write(MemoryMarshal.AsBytes(bits.AsSpan()));
    }
}
