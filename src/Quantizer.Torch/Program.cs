using MoEQuant.Quantizer.Hosting;
using MoEQuant.Quantizer.Torch;

return await EngineProcess.RunAsync(args, TorchDevices.All);
