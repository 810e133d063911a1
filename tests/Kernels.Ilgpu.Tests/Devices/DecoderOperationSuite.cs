using MoEQuant.Kernels.Devices;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>Norm, rotation, attention and the operations on single numbers against their definition in double precision.</summary>
public abstract class DecoderOperationSuite : DeviceSuite
{
    // A sum of a few hundred terms in single precision.
    private const double Sums = 2e-6;

    [TestMethod]
    public void Normalise_AnyWidth_AgreesWithTheDefinition()
    {
        ErrorRecord errors = Errors("RMS norm");
        foreach ((int rows, int columns) in ((int, int)[])[(1, 1), (3, 40), (2, 300), (5, 33)])
        {
            Compare(errors, $"{rows} x {columns}", Sums, run =>
            {
                DeviceRows y = run.Empty(rows, columns);
                run.Device.Normalise(run.Random(rows, columns, 5), run.Random(1, columns), 1e-5f, y);
                return y;
            });
        }

        Compare(errors, "in place", Sums, run => After(run.Random(3, 50), x => run.Device.Normalise(x, run.Random(1, 50), 1e-5f, x)));
        Compare(errors, "zeros", Sums, run => After(run.Rows(new float[20], 2), x => run.Device.Normalise(x, run.Random(1, 10), 1e-5f, x)));
        errors.Report();
    }

    [TestMethod]
    public void Elements_AnyLength_AgreeWithTheDefinition()
    {
        ErrorRecord errors = Errors("elementwise");
        foreach ((int rows, int columns) in ((int, int)[])[(1, 1), (3, 40), (2, 301)])
        {
            string what = $"{rows} x {columns}";
            Compare(errors, $"add {what}", 1e-7, run => After(run.Random(rows, columns), y => run.Device.Add(run.Random(rows, columns), y)));
            Compare(errors, $"bias {what}", 1e-7, run => After(run.Random(rows, columns), y => run.Device.AddBias(run.Random(1, columns), y)));
            Compare(errors, $"clamp {what}", 0, run => After(run.Random(rows, columns), y => run.Device.Clamp(y, 0.25f)));
            Compare(errors, $"activation {what}", 1e-6, run => After(run.Random(rows, columns, 20), y => run.Device.Activate(y, run.Random(rows, columns), y)));
        }

        Compare(errors, "a part of a buffer", 1e-7, run => After(run.Random(5, 7), y => run.Device.Add(run.Random(2, 7), y.Slice(2, 2))));
        Compare(errors, "activation at its ends", 1e-6, run => After(run.Empty(1, 8), y => run.Device.Activate(
            run.Rows([0, -0f, 1e-8f, -1e-8f, 100, -100, 1e6f, -1e6f], 1), run.Rows([1, 1, 1, 1, 1, 1, 1e-6f, 1], 1), y)));
        errors.Report();
    }

    [TestMethod]
    public void Rotate_AnyHeads_AgreesWithTheDefinition()
    {
        ErrorRecord errors = Errors("rotary embedding");
        foreach ((int tokens, int heads, int dimension, int first) in ((int, int, int, int)[])[(1, 1, 2, 0), (3, 4, 10, 0), (2, 3, 64, 5)])
            Compare(errors, $"{tokens} tokens, {heads} heads of {dimension}", 2e-7, run => After(run.Random(tokens, heads * dimension), y => run.Device.Rotate(y, run.Random(9, dimension), first)));
        errors.Report();
    }

    [TestMethod]
    [DataRow(1, 0, 1, 1, 4, int.MaxValue)]
    [DataRow(1, 70, 4, 2, 10, int.MaxValue)]
    [DataRow(5, 0, 4, 1, 16, int.MaxValue)]
    [DataRow(4, 30, 6, 3, 5, 8)]
    [DataRow(3, 40, 2, 2, 33, 1)]
    [DataRow(2, 140, 1, 1, 6, 139)]
    public void Attend_PromptsAndTokens_AgreesWithTheDefinition(int tokens, int first, int heads, int keyValueHeads, int dimension, int window)
    {
        ErrorRecord errors = Errors("attention");
        foreach (float size in (float[])[1, 8])
        {
            Compare(errors, $"queries up to {size}", 4e-6, run =>
            {
                DeviceRows outputs = run.Empty(tokens, heads * dimension);
                DeviceRows queries = run.Random(tokens, heads * dimension, size), keys = run.Random(first + tokens, keyValueHeads * dimension, size);
                run.Device.Attend(queries, keys, run.Random(first + tokens, keyValueHeads * dimension), dimension, first, window, outputs);
                return outputs;
            });
        }

        errors.Report();
    }

    private static DeviceRows After(DeviceRows rows, Action<DeviceRows> operation)
    {
        operation(rows);
        return rows;
    }
}
