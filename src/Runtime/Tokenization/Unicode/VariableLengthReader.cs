namespace MoEQuant.Runtime.Tokenization.Unicode;

/// <summary>Reads numbers of seven bits per byte, lowest first; the eighth bit says that more follow.</summary>
internal sealed class VariableLengthReader(byte[] bytes)
{
    private int _position;

    public int Read()
    {
        int value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes[_position++];
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }

    public int[] ReadList()
    {
        int[] list = new int[Read()];
        for (int i = 0; i < list.Length; i++)
            list[i] = Read();
        return list;
    }

    /// <summary>Reads pairs of a key, written as the difference from the key before, and a value.</summary>
    public Dictionary<int, T> ReadMap<T>(Func<VariableLengthReader, T> readValue)
    {
        int count = Read();
        var map = new Dictionary<int, T>(count);
        for (int key = 0; count > 0; count--)
        {
            key += Read();
            map.Add(key, readValue(this));
        }
        return map;
    }
}
