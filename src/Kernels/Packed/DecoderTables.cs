namespace MoEQuant.Kernels;

/// <summary>Registers that <see cref="ICodes.ReadBytes16"/> needs for every 16 columns; loaded once, they stay where they are.</summary>
/// <param name="nibble">The low four bits of every byte.</param>
/// <param name="fields">The low two bits of every nibble.</param>
/// <param name="even">By the number of the high bits: those of the even fields.</param>
/// <param name="odd">The same for the odd fields.</param>
internal readonly struct DecoderTables<TInt>(TInt nibble, TInt fields, TInt even, TInt odd)
    where TInt : struct
{
    /// <summary>The low four bits of every byte.</summary>
    public readonly TInt Nibble = nibble;

    /// <summary>The low two bits of every nibble.</summary>
    public readonly TInt Fields = fields;

    /// <summary>Bits 0 and 2 of a byte's index at bits 2 and 6.</summary>
    public readonly TInt Even = even;

    /// <summary>Bits 1 and 3 of a byte's index at bits 2 and 6.</summary>
    public readonly TInt Odd = odd;
}
