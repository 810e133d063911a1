using var model = MoEModels.LoadTinyOlmoe();
Console.WriteLine(model.Description);
my_app._7b.Inner.FromNamespacedCode.Run();
