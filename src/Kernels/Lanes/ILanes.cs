namespace MoEQuant.Kernels;

/// <summary>A vector register of 32-bit lanes: what the kernels need of an instruction set, in the smallest number of operations.</summary>
/// <remarks>
/// Kernels are written once, against this interface, and compiled once per implementation: <typeparamref name="TFloat"/> and
/// <typeparamref name="TInt"/> are structs, so the
/// compiler specialises every generic method and inlines every operation. Lane i of a register loaded from memory is the i-th element in
/// memory.
/// </remarks>
/// <typeparam name="TFloat">Register of single-precision lanes.</typeparam>
/// <typeparam name="TInt">Register of 32-bit integer lanes, as many.</typeparam>
internal unsafe interface ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
{
    /// <summary>Number of lanes: a divisor of 16, so that a tile's 16 rows are one or several registers.</summary>
    static abstract int Count { get; }

    /// <summary>Reads Count integers, 4 · Count bytes, at any alignment.</summary>
    static abstract TInt LoadInt(byte* source);

    /// <summary>a &amp; b.</summary>
    static abstract TInt And(TInt a, TInt b);

    /// <summary>Shifts every lane right, zeros follow.</summary>
    static abstract TInt ShiftRight(TInt value, int count);

    /// <summary>a | b.</summary>
    static abstract TInt Or(TInt a, TInt b);

    /// <summary>Reads Count values at any alignment.</summary>
    static abstract TFloat Load(float* source);

    /// <summary>Writes Count values at any alignment.</summary>
    static abstract void Store(TFloat value, float* destination);

    /// <summary>a · b.</summary>
    static abstract TFloat Multiply(TFloat a, TFloat b);

    /// <summary>a · b + c, with one rounding where the instruction set has it.</summary>
    static abstract TFloat MultiplyAdd(TFloat a, TFloat b, TFloat c);

    /// <summary>All lanes the same.</summary>
    static abstract TFloat Broadcast(float value);

    /// <summary>All lanes the same.</summary>
    static abstract TInt BroadcastInt(int value);

    /// <summary>a + b.</summary>
    static abstract TInt AddInt(TInt a, TInt b);

    /// <summary>a · b + c with one rounding, however slow: the same bits on every instruction set.</summary>
    static abstract TFloat FusedMultiplyAdd(TFloat a, TFloat b, TFloat c);

    /// <summary>Reads Count signed 16-bit integers, 2 · Count bytes, into one lane each.</summary>
    static abstract TInt LoadInt16(byte* source);

    /// <summary>Shifts every lane left.</summary>
    static abstract TInt ShiftLeft(TInt value, int count);

    /// <summary>The same bits as numbers.</summary>
    static abstract TFloat AsFloat(TInt value);

    /// <summary>The same bits as integers.</summary>
    static abstract TInt AsInt(TFloat value);

    /// <summary>Converts signed integers to numbers.</summary>
    static abstract TFloat ToFloat(TInt value);

    /// <summary>All lanes 0.</summary>
    static abstract TFloat Zero { get; }

    /// <summary>a + b.</summary>
    static abstract TFloat Add(TFloat a, TFloat b);

    /// <summary>Replaces every byte by the table's byte of that number.</summary>
    /// <param name="table">From <see cref="LoadRepeated"/>.</param>
    /// <param name="indices">Bytes 0..15.</param>
    static abstract TInt LookUp(TInt table, TInt indices);

    /// <summary>Writes Count integers at any alignment.</summary>
    static abstract void StoreInt(TInt value, int* destination);

    /// <summary>a ^ b.</summary>
    static abstract TInt Xor(TInt a, TInt b);

    /// <summary>Reads Count signed bytes into one lane each.</summary>
    static abstract TInt LoadSByte(byte* source);

    /// <summary>Asks for a cache line that is going to be read soon; it waits in the first-level cache. Does nothing where there is no such instruction.</summary>
    static abstract void PrefetchNear(byte* address);

    /// <summary>Asks for a cache line that is going to be read; it waits in the second-level cache. Does nothing where there is no such instruction.</summary>
    static abstract void Prefetch(byte* address);

    /// <summary>The code in one byte of every prepared lane as a number, minus the middle of the code range, 2^(bits − 1).</summary>
    static abstract TFloat Centred(TInt prepared, int bits, int byteIndex, TFloat table);

    /// <summary>Prepares four codes per lane, one per byte with unspecified bits above the code, for <see cref="Centred"/>. Done once per
    /// four columns.</summary>
    static abstract TInt Prepare(TInt codes, int bits);

    /// <summary>Reads sixteen bytes into every 128 bits of the register.</summary>
    static abstract TInt LoadRepeated(byte* source);

    /// <summary>Whether codes come out of bytes with fewer operations by <see cref="LookUp"/> than by <see cref="Select"/>: where neither a selection nor a shift of bytes is one instruction.</summary>
    static abstract bool PrefersLookUp { get; }

    /// <summary>The constant that <see cref="Centred"/> wants for codes of so many bits; loaded once, before the loop.</summary>
    static abstract TFloat Table(int bits);

    /// <summary>Bits of a where the mask has ones, of b elsewhere.</summary>
    static abstract TInt Select(TInt mask, TInt a, TInt b);

    /// <summary>c − a · b, with one rounding where the instruction set has it.</summary>
    static abstract TFloat SubtractProduct(TFloat c, TFloat a, TFloat b);

    /// <summary>The sum of all lanes: upper half onto lower half until one is left.</summary>
    static abstract float Sum(TFloat value);

    /// <summary>The larger of a and b; NaN where b is NaN, unspecified where only a is.</summary>
    static abstract TFloat Max(TFloat a, TFloat b);

    /// <summary>The smaller of a and b as signed integers.</summary>
    static abstract TInt MinInt(TInt a, TInt b);

    /// <summary>The larger of a and b as signed integers.</summary>
    static abstract TInt MaxInt(TInt a, TInt b);

    /// <summary>The nearest integer, half to even; unspecified for NaN and beyond the range of integers.</summary>
    static abstract TInt Round(TFloat value);

    /// <summary>Writes the low byte of every lane, Count bytes.</summary>
    static abstract void StoreByte(TInt value, sbyte* destination);

    /// <summary>The sum of all lanes.</summary>
    static abstract int SumInt(TInt value);

    /// <summary>The largest of all lanes as signed integers.</summary>
    static abstract int LargestInt(TInt value);

    /// <summary>All ones in lanes where a &gt; b as signed integers, zeros elsewhere.</summary>
    static abstract TInt Greater(TInt a, TInt b);

    /// <summary>Reads Count unsigned bytes into one lane each.</summary>
    static abstract TInt LoadByte(byte* source);

    /// <summary>Shifts every lane right, the sign follows.</summary>
    static abstract TInt ShiftRightSigned(TInt value, int count);
}
