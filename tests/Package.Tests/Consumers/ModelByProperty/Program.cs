using var model = MoEModels.LoadStory();
Console.WriteLine(model.Info!.Name);
