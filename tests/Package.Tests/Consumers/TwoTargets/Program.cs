using System;
using MoEQuant.Runtime;
using TwoTargets;

foreach (MoEModel model in new[] { MoEModels.LoadTinyOlmoe(), MoEModels.LoadZweitesModell() })
    using (model)
        Console.WriteLine(model.Info?.Name + " " + model.Info?.Scheme);
