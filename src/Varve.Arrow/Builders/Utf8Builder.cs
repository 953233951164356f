using System.Text;
using System.Text.Unicode;

namespace Varve.Arrow.Builders;

/// <summary>Builds a column of text: utf8, large_utf8 or utf8_view. Used by one thread.</summary>
public sealed class Utf8Builder(ArrowType type) : BytesBuilder(IsText(type) ? type : throw new ArgumentException($"{type.Name} is not text"))
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public Utf8Builder()
        : this(ArrowTypes.Utf8)
    {
    }

    /// <exception cref="ArgumentException">Half of a surrogate pair, which UTF-8 cannot hold.</exception>
    public void Append(string value) => AppendBytes(Strict.GetBytes(value));

    /// <exception cref="ArgumentException">The bytes are not UTF-8.</exception>
    public void Append(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
            throw Misfit(Convert.ToHexStringLower(utf8), "valid UTF-8");
        AppendBytes(utf8);
    }

    private protected override void AppendObject(object value)
    {
        if (value is not string text)
            throw Misfit(value);
        Append(text);
    }

    private static bool IsText(ArrowType type) => type.Id is ArrowTypeId.Utf8 or ArrowTypeId.LargeUtf8 or ArrowTypeId.Utf8View;
}
