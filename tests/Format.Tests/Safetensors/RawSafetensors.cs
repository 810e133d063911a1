using System.Buffers.Binary;
using System.Text;
using MoEQuant.Format.Diagnostics;
using MoEQuant.TestSupport.Memory;

namespace MoEQuant.Format.Tests;

/// <summary>Files put together byte by byte, and opened where a read beyond their end would hit an inaccessible page.</summary>
internal static unsafe class RawSafetensors
{
    public static byte[] File(string header, int dataBytes, ulong? declaredHeaderLength = null) =>
        File(Encoding.UTF8.GetBytes(header), dataBytes, declaredHeaderLength);

    public static byte[] File(ReadOnlySpan<byte> header, int dataBytes, ulong? declaredHeaderLength = null)
    {
        byte[] file = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(file, declaredHeaderLength ?? (ulong)header.Length);
        header.CopyTo(file.AsSpan(8));
        return file;
    }

    /// <summary>Opens a safetensors file in guarded memory and hands it to an action.</summary>
    public static void Open(ReadOnlySpan<byte> file, Action<SafetensorsFile>? use = null)
    {
        using GuardedMemory memory = GuardedMemory.Copy(file);
        using SafetensorsFile opened = SafetensorsFile.Open(MappedRegion.FromMemory(memory.Pointer, memory.Length, owner: null), ownsRegion: true);
        use?.Invoke(opened);
    }

    /// <summary>Opens a packed model in guarded memory and hands it to an action.</summary>
    public static void OpenPacked(ReadOnlySpan<byte> file, Action<PackedModelFile>? use = null)
    {
        using GuardedMemory memory = GuardedMemory.Copy(file);
        using PackedModelFile opened = PackedModelFile.Open(MappedRegion.FromMemory(memory.Pointer, memory.Length, owner: null), ownsRegion: true);
        use?.Invoke(opened);
    }

    /// <summary>Asserts that an action fails with a code, and that the message contains what was found.</summary>
    public static void Expect(string code, Action action, params string[] found)
    {
        MoEQuantException failure = Assert.ThrowsExactly<MoEQuantException>(action);
        Assert.AreEqual(code, failure.Code, failure.Message);
        foreach (string text in found)
            Assert.Contains(text, failure.Message);
        Assert.EndsWith(".", failure.Found, "found is a sentence");
    }
}
