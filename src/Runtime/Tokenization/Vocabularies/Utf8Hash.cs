using System.Buffers.Binary;

namespace MoEQuant.Runtime.Tokenization.Vocabularies;

/// <summary>A fast hash of short byte strings. It is seeded per process, so that no file can be made to collide on purpose; results never depend on it.</summary>
internal static class Utf8Hash
{
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;
    // Random bits of the operating system without the library for cryptography, which takes several milliseconds to load.
    private static readonly ulong Seed = BinaryPrimitives.ReadUInt64LittleEndian(Guid.NewGuid().ToByteArray());

    public static uint Compute(ReadOnlySpan<byte> key)
    {
        ulong hash = Seed + (ulong)key.Length * Multiplier;
        while (key.Length >= 8)
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(key));
            key = key[8..];
        }
        ulong tail = 0;
        for (int i = 0; i < key.Length; i++)
            tail |= (ulong)key[i] << (8 * i);
        hash = Mix(hash ^ tail);
        return (uint)(hash ^ (hash >> 32));
    }

    public static uint Compute(ulong key)
    {
        ulong hash = Mix(key ^ Seed);
        return (uint)(hash ^ (hash >> 32));
    }

    private static ulong Mix(ulong value)
    {
        ulong high = Math.BigMul(value ^ 0xA076_1D64_78BD_642F, Multiplier, out ulong low);
        return high ^ low;
    }
}
