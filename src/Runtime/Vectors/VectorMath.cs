using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MoEQuant.Runtime.Vectors;

/// <summary>Elementwise arithmetic and sums of single-precision vectors: what a model does between its matrix products.</summary>
/// <remarks>
/// On registers of four lanes, which every processor has and ReadyToRun images may hold code for; matrix products take a hundred times as long. A library's generic operators would be compiled at each start,
/// for longer than the first token takes: docs/decisions/0040. A destination may be one of the operands; all have the operand's length.
/// </remarks>
internal static class VectorMath
{
    /// <summary>destination = a + b.</summary>
    public static void Add(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> destination)
    {
        int vectors = Vectors(a.Length, b.Length, destination.Length);
        for (int i = 0; i < vectors; i += 4)
            Store(Load(a, i) + Load(b, i), destination, i);
        for (int i = vectors; i < a.Length; i++)
            destination[i] = a[i] + b[i];
    }

    /// <summary>destination = a · b, elementwise.</summary>
    public static void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> destination)
    {
        int vectors = Vectors(a.Length, b.Length, destination.Length);
        for (int i = 0; i < vectors; i += 4)
            Store(Load(a, i) * Load(b, i), destination, i);
        for (int i = vectors; i < a.Length; i++)
            destination[i] = a[i] * b[i];
    }

    /// <summary>destination = a · factor.</summary>
    public static void Multiply(ReadOnlySpan<float> a, float factor, Span<float> destination)
    {
        int vectors = Vectors(a.Length, a.Length, destination.Length);
        Vector128<float> factors = Vector128.Create(factor);
        for (int i = 0; i < vectors; i += 4)
            Store(Load(a, i) * factors, destination, i);
        for (int i = vectors; i < a.Length; i++)
            destination[i] = a[i] * factor;
    }

    /// <summary>destination = a · factor + b.</summary>
    public static void MultiplyAdd(ReadOnlySpan<float> a, float factor, ReadOnlySpan<float> b, Span<float> destination)
    {
        int vectors = Vectors(a.Length, b.Length, destination.Length);
        Vector128<float> factors = Vector128.Create(factor);
        for (int i = 0; i < vectors; i += 4)
            Store((Load(a, i) * factors) + Load(b, i), destination, i);
        for (int i = vectors; i < a.Length; i++)
            destination[i] = (a[i] * factor) + b[i];
    }

    /// <summary>destination = a / divisor.</summary>
    public static void Divide(ReadOnlySpan<float> a, float divisor, Span<float> destination)
    {
        int vectors = Vectors(a.Length, a.Length, destination.Length);
        Vector128<float> divisors = Vector128.Create(divisor);
        for (int i = 0; i < vectors; i += 4)
            Store(Load(a, i) / divisors, destination, i);
        for (int i = vectors; i < a.Length; i++)
            destination[i] = a[i] / divisor;
    }

    /// <summary>The sum of all elements; the order of the additions is the same on every machine.</summary>
    public static float Sum(ReadOnlySpan<float> a)
    {
        int vectors = Vectors(a.Length, a.Length, a.Length), i = 0;
        // Independent sums hide the latency of an addition.
        Vector128<float> sum0 = Vector128<float>.Zero, sum1 = sum0, sum2 = sum0, sum3 = sum0;
        for (; i <= vectors - 16; i += 16)
        {
            sum0 += Load(a, i);
            sum1 += Load(a, i + 4);
            sum2 += Load(a, i + 8);
            sum3 += Load(a, i + 12);
        }

        for (; i < vectors; i += 4)
            sum0 += Load(a, i);
        float sum = SumLanes((sum0 + sum1) + (sum2 + sum3));
        for (; i < a.Length; i++)
            sum += a[i];
        return sum;
    }

    /// <summary>The sum of all elements' squares; the order of the additions is the same on every machine.</summary>
    public static float SumOfSquares(ReadOnlySpan<float> a)
    {
        int vectors = Vectors(a.Length, a.Length, a.Length), i = 0;
        Vector128<float> sum0 = Vector128<float>.Zero, sum1 = sum0, sum2 = sum0, sum3 = sum0;
        for (; i <= vectors - 16; i += 16)
        {
            sum0 += Load(a, i) * Load(a, i);
            sum1 += Load(a, i + 4) * Load(a, i + 4);
            sum2 += Load(a, i + 8) * Load(a, i + 8);
            sum3 += Load(a, i + 12) * Load(a, i + 12);
        }

        for (; i < vectors; i += 4)
            sum0 += Load(a, i) * Load(a, i);
        float sum = SumLanes((sum0 + sum1) + (sum2 + sum3));
        for (; i < a.Length; i++)
            sum += a[i] * a[i];
        return sum;
    }

    /// <summary>The largest element; −∞ if there is none.</summary>
    public static float Max(ReadOnlySpan<float> a)
    {
        int vectors = Vectors(a.Length, a.Length, a.Length);
        Vector128<float> largest = Vector128.Create(float.NegativeInfinity);
        for (int i = 0; i < vectors; i += 4)
            largest = Greater(largest, Load(a, i));
        float max = MathF.Max(MathF.Max(largest[0], largest[1]), MathF.Max(largest[2], largest[3]));
        for (int i = vectors; i < a.Length; i++)
            max = MathF.Max(max, a[i]);
        return max;
    }

    /// <summary>The index of the largest element, the first of several.</summary>
    /// <param name="a">At least one element, none of them NaN.</param>
    public static int IndexOfMax(ReadOnlySpan<float> a)
    {
        float max = Max(a);
        Vector128<float> sought = Vector128.Create(max);
        int index = 0;
        while (index + 4 <= a.Length && !Vector128.EqualsAny(Load(a, index), sought))
            index += 4;
        while (index < a.Length - 1 && a[index] != max)
            index++;
        return index;
    }

    /// <summary>destination = e^a / Σ e^a.</summary>
    public static void SoftMax(ReadOnlySpan<float> a, Span<float> destination)
    {
        int vectors = Vectors(a.Length, a.Length, destination.Length);
        Vector128<float> largest = Vector128.Create(Max(a));
        for (int i = 0; i < vectors; i += 4)
            Store(Exponential.Of(Load(a, i) - largest), destination, i);
        for (int i = vectors; i < a.Length; i++)
            destination[i] = Exponential.Of(Vector128.Create(a[i]) - largest).ToScalar();
        Span<float> exponentials = destination[..a.Length];
        Divide(exponentials, Sum(exponentials), exponentials);
    }

    /// <summary>destination = 1 / (1 + e^−a).</summary>
    public static void Sigmoid(ReadOnlySpan<float> a, Span<float> destination)
    {
        int vectors = Vectors(a.Length, a.Length, destination.Length);
        Vector128<float> one = Vector128<float>.One;
        for (int i = 0; i < vectors; i += 4)
            Store(one / (one + Exponential.Of(-Load(a, i))), destination, i);
        for (int i = vectors; i < a.Length; i++)
            destination[i] = (one / (one + Exponential.Of(Vector128.Create(-a[i])))).ToScalar();
    }

    // How many elements fill registers; the operands' lengths are checked once, so that loads and stores need no checks.
    private static int Vectors(int length, int other, int destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(other, length);
        ArgumentOutOfRangeException.ThrowIfLessThan(destination, length);
        return length & ~3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Load(ReadOnlySpan<float> values, int index) => Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(values), (nuint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<float> value, Span<float> values, int index) => value.StoreUnsafe(ref MemoryMarshal.GetReference(values), (nuint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Greater(Vector128<float> a, Vector128<float> b) => Vector128.ConditionalSelect(Vector128.GreaterThan(a, b), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float SumLanes(Vector128<float> lanes) => (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
}
