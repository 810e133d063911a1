using System.Runtime.InteropServices;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>The memory of a launch: parameters, global memory of views, and the shared memory of the group that runs.</summary>
internal sealed class PtxMemory
{
    /// <summary>Where the first view lies; addresses below are never valid.</summary>
    private const int FirstAddress = 4096;

    private readonly List<byte> _parameters = [];
    private readonly List<(ulong Address, byte[] Bytes)> _views = [];
    private readonly Dictionary<string, ulong> _offsets = [];
    private byte[] _shared = [];
    private ulong _next = FirstAddress;

    /// <summary>Adds a parameter that is a view of values, and returns its memory.</summary>
    public byte[] AddView<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        byte[] bytes = MemoryMarshal.AsBytes(values).ToArray();
        AddValue(_next);
        AddValue((ulong)values.Length);
        _views.Add((_next, bytes));
        // Far from each other, so that reading beyond one is seen.
        _next += ((ulong)bytes.Length + 8191) / 4096 * 4096;
        return bytes;
    }

    /// <summary>Adds a parameter that is passed by value.</summary>
    public void AddValue<T>(T value)
        where T : unmanaged =>
        _parameters.AddRange(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Gives the parameters their names.</summary>
    public Dictionary<string, ulong> Bind(PtxProgram program)
    {
        ulong offset = 0;
        foreach ((string name, int bytes) in program.Parameters)
        {
            _offsets[name] = offset;
            offset += (ulong)bytes;
        }
        Assert.AreEqual((ulong)_parameters.Count, offset, "The kernel has other parameters than the test gives it.");
        return _offsets;
    }

    public void NewGroup(PtxProgram program) => _shared = new byte[Math.Max(16, program.SharedBytes)];

    public ulong Parameter(ulong address, int bytes) => Get(CollectionsMarshal.AsSpan(_parameters), (int)address, bytes);

    public ulong Read(string space, byte[] local, ulong address, int bytes) => Get(Find(space, local, address, bytes, out int offset), offset, bytes);

    public void Write(string space, byte[] local, ulong address, ulong value, int bytes)
    {
        Span<byte> memory = Find(space, local, address, bytes, out int offset);
        for (int index = 0; index < bytes; index++)
            memory[offset + index] = (byte)(value >> (8 * index));
    }

    private static ulong Get(ReadOnlySpan<byte> memory, int offset, int bytes)
    {
        ulong value = 0;
        for (int index = 0; index < bytes; index++)
            value |= (ulong)memory[offset + index] << (8 * index);
        return value;
    }

    private Span<byte> Find(string space, byte[] local, ulong address, int bytes, out int offset)
    {
        offset = (int)address;
        if (space != "global")
            return space == "shared" ? _shared : local;
        foreach ((ulong start, byte[] memory) in _views)
        {
            if (address < start || address + (ulong)bytes > start + (ulong)memory.Length)
                continue;
            Assert.AreEqual(0ul, address % (ulong)bytes, "The address is not aligned.");
            offset = (int)(address - start);
            return memory;
        }
        throw new AssertFailedException($"Address {address} is in no view.");
    }
}
