using MoEQuant.Quantizer.Hosting;

return await EngineProcess.RunAsync(args, devices: []);
