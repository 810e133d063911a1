using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MoEQuant.Quantizer.Pipeline.Caching;

/// <summary>A value as JSON behind its length in four bytes, so that something may follow it.</summary>
internal static class JsonBlock
{
    /// <summary>Errors relative to nothing, as matrices of zeros have them, are infinite or no numbers.</summary>
    private static readonly JsonSerializerOptions Options = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static void Write<T>(Stream stream, T value)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(value, Options);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, json.Length);
        stream.Write(length);
        stream.Write(json);
    }

    /// <exception cref="InvalidDataException">There is no such block.</exception>
    /// <exception cref="JsonException">There is no such value.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static T Read<T>(Stream stream) where T : class
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        stream.ReadExactly(length);
        return JsonSerializer.Deserialize<T>(ReadBytes(stream, BinaryPrimitives.ReadInt32LittleEndian(length)), Options) ?? throw new InvalidDataException();
    }

    /// <summary>Reads bytes, of which there must be enough: a number that no writer wrote must not cost gigabytes of memory.</summary>
    /// <exception cref="InvalidDataException">There are fewer.</exception>
    public static byte[] ReadBytes(Stream stream, int length)
    {
        if (length < 0 || length > stream.Length - stream.Position)
            throw new InvalidDataException();
        byte[] bytes = new byte[length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
