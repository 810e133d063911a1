namespace MoEQuant.Runtime.Model.Plan;

/// <summary>A linear projection: its matrix and, where the family has one, its bias.</summary>
public sealed record ProjectionPlan(PlannedTensor Weight, PlannedTensor? Bias);
