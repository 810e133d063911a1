namespace MoEQuant.Runtime.Tokenization;

/// <summary>
/// The byte-level alphabet of GPT-2: every byte is written as one printable character, so that a vocabulary of byte strings can be a JSON object.
/// Printable Latin-1 bytes stand for themselves, the others for the characters from U+0100 on, in order.
/// </summary>
internal static class ByteAlphabet
{
    private const int CharacterLimit = 0x144;
    private static readonly char[] Characters = BuildCharacters();
    private static readonly short[] Bytes = BuildBytes();

    /// <summary>The character that writes the byte.</summary>
    public static char Character(byte value) => Characters[value];

    /// <summary>The byte that the character writes.</summary>
    /// <returns>False when the character is not of the alphabet.</returns>
    public static bool TryGetByte(int character, out byte value)
    {
        int found = (uint)character < CharacterLimit ? Bytes[character] : -1;
        value = (byte)found;
        return found >= 0;
    }

    /// <summary>True where valid UTF-8 text can contain the byte.</summary>
    public static bool OccursInUtf8(int value) => value is not (0xC0 or 0xC1 or >= 0xF5);

    private static char[] BuildCharacters()
    {
        char[] characters = new char[256];
        int next = 0x100;
        for (int value = 0; value < 256; value++)
        {
            bool printable = value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE;
            characters[value] = (char)(printable ? value : next++);
        }
        return characters;
    }

    private static short[] BuildBytes()
    {
        short[] bytes = new short[CharacterLimit];
        for (int character = 0; character < bytes.Length; character++)
            bytes[character] = -1;
        for (int value = 0; value < 256; value++)
            bytes[Characters[value]] = (short)value;
        return bytes;
    }
}
