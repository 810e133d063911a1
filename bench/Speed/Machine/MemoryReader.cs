using System.Runtime.Intrinsics;

namespace MoEQuant.Speed.Machine;

/// <summary>Reads memory as fast as plain vector loads do: the limit of every kernel whose weights come from memory.</summary>
internal static unsafe class MemoryReader
{
    /// <summary>Reads bytes and returns their exclusive or, so that no load can be left out.</summary>
    /// <param name="start">Any alignment.</param>
    /// <param name="bytes">A multiple of 256.</param>
    public static long Read(byte* start, long bytes)
    {
        byte* end = start + bytes;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<long> a = default, b = default, c = default, d = default;
            for (byte* p = start; p < end; p += 256)
            {
                a ^= Vector512.Load((long*)p);
                b ^= Vector512.Load((long*)(p + 64));
                c ^= Vector512.Load((long*)(p + 128));
                d ^= Vector512.Load((long*)(p + 192));
            }

            return Vector512.Sum(a ^ b ^ c ^ d);
        }

        Vector256<long> e = default, f = default, g = default, h = default;
        for (byte* p = start; p < end; p += 128)
        {
            e ^= Vector256.Load((long*)p);
            f ^= Vector256.Load((long*)(p + 32));
            g ^= Vector256.Load((long*)(p + 64));
            h ^= Vector256.Load((long*)(p + 96));
        }

        return Vector256.Sum(e ^ f ^ g ^ h);
    }
}
