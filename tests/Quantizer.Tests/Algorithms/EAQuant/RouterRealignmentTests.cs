using MoEQuant.Quantizer.Algorithms.EAQuant.Routing;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Tests.Numerics;

namespace MoEQuant.Quantizer.Tests.Algorithms.EAQuant;

[TestClass]
public sealed class RouterRealignmentTests
{
    private const int Experts = 10, Hidden = 40, TopK = 3;

    [TestMethod]
    public void Realign_InputsMixedLinearly_AreUnmixed()
    {
        using FloatMatrix router = RandomMatrix.Normal(Experts, Hidden, 1, 0.3), reference = RandomMatrix.Normal(800, Hidden, 2), current = Mixed(reference);
        using FloatMatrix targets = RouterLogits.Of(router, reference);
        RealignedRouter realigned = RouterRealignment.Realign(router, targets, current, TopK);
        using FloatMatrix _ = realigned.Router;
        Assert.IsTrue(realigned.Changed);
        Assert.IsLessThan(0.9, realigned.HeldOutBefore);
        Assert.IsGreaterThan(0.99, realigned.HeldOutAfter);
        Assert.IsGreaterThan(0.99, realigned.CalibrationAfter);
    }

    [TestMethod]
    public void Realign_NoiseThatNoRouterUndoes_LowersNoAgreement()
    {
        using FloatMatrix router = RandomMatrix.Normal(Experts, Hidden, 1, 0.3), reference = RandomMatrix.Normal(800, Hidden, 2), noise = RandomMatrix.Normal(800, Hidden, 3, 0.5);
        using FloatMatrix targets = RouterLogits.Of(router, reference);
        for (int token = 0; token < 800; token++)
            for (int column = 0; column < Hidden; column++)
                reference[token, column] += noise[token, column];
        RealignedRouter realigned = RouterRealignment.Realign(router, targets, reference, TopK);
        using FloatMatrix _ = realigned.Router;
        Assert.IsGreaterThanOrEqualTo(realigned.CalibrationBefore, realigned.CalibrationAfter);
        Assert.IsGreaterThanOrEqualTo(realigned.HeldOutBefore, realigned.HeldOutAfter);
    }

    [TestMethod]
    public void Realign_InputsUnchanged_KeepsTheRouter()
    {
        using FloatMatrix router = RandomMatrix.Normal(Experts, Hidden, 1, 0.3), inputs = RandomMatrix.Normal(800, Hidden, 2), targets = RouterLogits.Of(router, inputs);
        RealignedRouter realigned = RouterRealignment.Realign(router, targets, inputs, TopK);
        using FloatMatrix _ = realigned.Router;
        Assert.AreEqual(1, realigned.CalibrationAfter);
        Assert.AreEqual(0, RandomMatrix.FrobeniusDistance(router, realigned.Router), 1e-3);
    }

    [TestMethod]
    public void Realign_ConstantAddedToAllLogits_IsNotFitted()
    {
        using FloatMatrix router = RandomMatrix.Normal(Experts, Hidden, 1, 0.3), inputs = RandomMatrix.Normal(800, Hidden, 2), targets = RouterLogits.Of(router, inputs);
        for (int token = 0; token < targets.Rows; token++)
            for (int expert = 0; expert < Experts; expert++)
                targets[token, expert] += inputs[token, 0] * 5;
        RealignedRouter realigned = RouterRealignment.Realign(router, targets, inputs, TopK);
        using FloatMatrix _ = realigned.Router;
        Assert.AreEqual(0, RandomMatrix.FrobeniusDistance(router, realigned.Router), 1e-3);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(600)]
    public void Realign_FewTokens_KeepsTheRouter(int tokens)
    {
        using FloatMatrix router = RandomMatrix.Normal(Experts, Hidden, 1, 0.3), reference = RandomMatrix.Normal(tokens, Hidden, 2), current = Mixed(reference);
        using FloatMatrix targets = RouterLogits.Of(router, reference);
        RealignedRouter realigned = RouterRealignment.Realign(router, targets, current, TopK);
        using FloatMatrix _ = realigned.Router;
        Assert.IsFalse(realigned.Changed);
        Assert.AreEqual(0, RandomMatrix.FrobeniusDistance(router, realigned.Router));
    }

    /// <summary>x + M x with a small random M: what the layers before might do.</summary>
    private static FloatMatrix Mixed(FloatMatrix inputs)
    {
        using FloatMatrix mixing = RandomMatrix.Normal(Hidden, Hidden, 9, 0.06);
        FloatMatrix mixed = new(inputs.Rows, Hidden);
        mixed.CopyFrom(inputs);
        MatrixProduct.Add(inputs, mixing, mixed);
        return mixed;
    }
}
