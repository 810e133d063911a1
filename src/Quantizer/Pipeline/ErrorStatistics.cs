namespace MoEQuant.Quantizer.Pipeline;

/// <summary>Squared errors of several matrices taken together.</summary>
public sealed class ErrorStatistics
{
    private double _norm;
    private double _plain;
    private double _final;

    /// <summary>‖W − Ŵ‖ / ‖W‖ as stored, compensator included.</summary>
    public double RelativeError => Relative(_final);

    /// <summary>‖W − Ŵ‖ / ‖W‖ of group quantization without compensator.</summary>
    public double PlainRelativeError => Relative(_plain);

    internal void Add(TensorStatistics tensor)
    {
        _norm += tensor.SquaredNorm;
        _plain += tensor.PlainError;
        _final += tensor.FinalError;
    }

    private double Relative(double squared) => _norm > 0 ? Math.Sqrt(squared / _norm) : 0;
}
