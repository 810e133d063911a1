using var model = MoEModels.LoadTinyOlmoe();
Console.WriteLine(model.Info!.Name);
