using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Routing;

/// <summary>The outcome of a re-alignment.</summary>
/// <param name="Router">The router to use from now on, [experts, hidden]; a copy of the given one where nothing better was found. The caller disposes it.</param>
/// <param name="Changed">False when the given router was kept.</param>
/// <param name="Regularization">The λ that was chosen; 0 when the router was kept.</param>
/// <param name="HeldOutBefore">Top-k agreement of the given router with the reference on tokens that were not fitted.</param>
/// <param name="HeldOutAfter">The same for <see cref="Router"/>.</param>
/// <param name="CalibrationBefore">Top-k agreement of the given router on all tokens.</param>
/// <param name="CalibrationAfter">The same for <see cref="Router"/>; never below <see cref="CalibrationBefore"/>.</param>
internal sealed record RealignedRouter(
    FloatMatrix Router, bool Changed, double Regularization, double HeldOutBefore, double HeldOutAfter, double CalibrationBefore, double CalibrationAfter);
