using System;
using MoEQuant.Runtime;
using TwoModels;

foreach (MoEModel model in new[] { MoEModels.LoadTinyOlmoe(), MoEModels.LoadZweitesModell() })
    using (model)
        Console.WriteLine(model.Info?.Name + " " + model.Info?.Scheme);
