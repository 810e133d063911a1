namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>The largest deviation of a kernel from the definition, as a share of what single precision allows and of the largest result.</summary>
internal sealed class ErrorRecord(TestContext context, string kernel)
{
    private double _ofTolerance;
    private double _absolute;
    private double _largest;
    private int _count;

    /// <summary>Compares one result.</summary>
    public void Add(double expected, double tolerance, float actual, string what)
    {
        double error = Math.Abs(expected - actual);
        if (!(error <= tolerance))
            Assert.Fail($"{kernel}, {what}: {actual:R}, expected {expected:R} ± {tolerance:R}.");
        _ofTolerance = Math.Max(_ofTolerance, tolerance > 0 ? error / tolerance : 0);
        _absolute = Math.Max(_absolute, error);
        _largest = Math.Max(_largest, Math.Abs(expected));
        _count++;
    }

    /// <summary>Tells what was found.</summary>
    public void Report() => context.WriteLine(FormattableString.Invariant(
        $"{kernel}: {_count} results, largest error {_absolute:0.0e+0} where the largest result is {_largest:0.0e+0}, at most {_ofTolerance:P1} of the bound"));
}
