namespace MoEQuant.Quantizer.Pipeline.Caching;

/// <summary>What a cache folder holds of one run.</summary>
/// <param name="Key">The run's fingerprint: the entry's folder name.</param>
/// <param name="Title">Name and scheme of the model when the entry was made; empty where that is not known.</param>
/// <param name="Parts">Finished units.</param>
/// <param name="Bytes">Bytes of all files.</param>
/// <param name="LastWrite">When something was last written, UTC.</param>
internal sealed record CacheEntry(string Key, string Title, int Parts, long Bytes, DateTime LastWrite);
