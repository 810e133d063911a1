using System.Buffers.Binary;
using System.Text;

namespace MoEQuant.Format.Tests;

/// <summary>Makes damaged files out of a good one: bytes, lengths, numbers, JSON structure, table records, truncation.</summary>
internal sealed class FileMutator(byte[] original, int seed)
{
    private static readonly string[] Tokens =
    [
        "0", "-1", "1", "7", "64", "65", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551615", "1e3", "0.5", "null", "true", "[]", "{}", "\"\"", "\"F32\"",
        "\"U8\"", "\"\\ud800\"", "\"moeq.matrices\"", "\"__metadata__\"", ",", ":", "{", "}", "[", "]", "\"", "\\", "\"2.0\"", "\"a\":1,", "\u0000", "  ",
    ];

    private static readonly ulong[] Numbers =
        [0, 1, 2, 3, 4, 8, 16, 32, 63, 64, 65, 127, 128, 255, 256, 65535, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000, 0x1FFFFFFFFFFFFFFF, 0x7FFFFFFFFFFFFFC0, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000, ulong.MaxValue];

    private readonly Random _random = new(seed);
    private readonly int _headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(original);

    /// <summary>A file with one to three kinds of damage.</summary>
    public byte[] Next()
    {
        byte[] file = (byte[])original.Clone();
        for (int rounds = _random.Next(3); rounds >= 0; rounds--)
            file = _random.Next(8) switch
            {
                0 => FlipBytes(file),
                1 => ReplaceNumber(file),
                2 => InsertToken(file),
                3 => CopyWithinHeader(file),
                4 => ChangeLength(file),
                5 => Resize(file),
                6 => ChangeTail(file),
                _ => ReplaceNumber(file),
            };
        return file;
    }

    private byte[] FlipBytes(byte[] file)
    {
        for (int i = _random.Next(1, 4); i > 0 && file.Length > 0; i--)
            file[HeaderPosition(file)] = (byte)_random.Next(256);
        return file;
    }

    /// <summary>Replaces a run of digits in the header; the header keeps its length where spaces at its end allow it.</summary>
    private byte[] ReplaceNumber(byte[] file)
    {
        int start = HeaderPosition(file);
        while (start < file.Length && !char.IsAsciiDigit((char)file[start]))
            start++;
        int end = start;
        while (end < file.Length && char.IsAsciiDigit((char)file[end]))
            end++;
        string number = _random.Next(2) == 0 ? Tokens[_random.Next(13)] : _random.Next(100_000).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Splice(file, start, end, Encoding.UTF8.GetBytes(number));
    }

    private byte[] InsertToken(byte[] file)
    {
        int start = HeaderPosition(file);
        int end = Math.Min(file.Length, start + (_random.Next(2) * _random.Next(12)));
        return Splice(file, start, end, Encoding.UTF8.GetBytes(Tokens[_random.Next(Tokens.Length)]));
    }

    private byte[] CopyWithinHeader(byte[] file)
    {
        int from = HeaderPosition(file);
        int to = HeaderPosition(file);
        int length = Math.Min(_random.Next(1, 120), file.Length - Math.Max(from, to));
        file.AsSpan(from, length).ToArray().CopyTo(file, to);
        return file;
    }

    private byte[] ChangeLength(byte[] file)
    {
        if (file.Length >= 8)
            BinaryPrimitives.WriteUInt64LittleEndian(file, _random.Next(2) == 0 ? Numbers[_random.Next(Numbers.Length)] : (ulong)(_headerLength + _random.Next(-70, 70)));
        return file;
    }

    private byte[] Resize(byte[] file)
    {
        Array.Resize(ref file, Math.Max(0, _random.Next(2) == 0 ? _random.Next(file.Length + 1) : file.Length + _random.Next(-70, 70)));
        return file;
    }

    /// <summary>The matrix table lies at the end of a packed model.</summary>
    private byte[] ChangeTail(byte[] file)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(number, Numbers[_random.Next(Numbers.Length)]);
        int size = 1 << _random.Next(4);
        int position = file.Length - (_random.Next(128) / size * size) - size;
        if (position >= 0 && position + size <= file.Length)
            number[..size].CopyTo(file.AsSpan(position));
        return file;
    }

    private int HeaderPosition(byte[] file) => file.Length == 0 ? 0 : Math.Min(file.Length - 1, _random.Next(8, 8 + Math.Max(1, _headerLength)));

    private byte[] Splice(byte[] file, int start, int end, byte[] replacement)
    {
        byte[] result = [.. file.AsSpan(0, start), .. replacement, .. file.AsSpan(end)];
        // Half of the time the length field follows, so that the damage gets past the first check.
        if (result.Length >= 8 && file.Length >= 8 && _random.Next(4) != 0)
        {
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(file) + (ulong)(result.Length - file.Length);
            BinaryPrimitives.WriteUInt64LittleEndian(result, length);
        }

        return result;
    }
}
