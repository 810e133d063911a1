WebApplication.CreateBuilder(args).Build().MapGet("/", () => nameof(MoEModels.LoadTinyOlmoe));
