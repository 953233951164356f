using System.Runtime.InteropServices;
using System.Text;
using Varve.Arrow.Validation;

namespace Varve.Arrow.Tests.Validation;

/// <summary>Arrays in which few bytes stand for much: checking them must cost what the bytes cost, not what they stand for.</summary>
public class RepeatedBytesTests
{
    private static readonly Field Field = new("v", ArrowTypes.Utf8View);

    [Fact]
    public void Views_of_the_same_text_cost_what_the_text_costs()
    {
        const int rows = 100_000;
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("0123456789äöü", 1 << 18)));
        ByteView[] views = [.. Enumerable.Repeat(ByteView.Create(text, 0, 0), rows)];
        ArrayValidation.Validate(Field, Array(views, text));
    }

    [Theory]
    [InlineData(0, 26, true)]
    [InlineData(0, 16, true)]
    [InlineData(10, 26, true)]
    [InlineData(0, 13, false)]
    [InlineData(11, 26, false)]
    public void Views_of_text_checked_as_a_whole_begin_and_end_between_characters(int from, int to, bool isValid)
    {
        byte[] text = Encoding.UTF8.GetBytes("0123456789äöü0123456789");
        ByteView all = Shown(text, 0, text.Length);
        ArrayData array = Array([all, all, all, Shown(text, from, to)], text);
        if (isValid)
            ArrayValidation.Validate(Field, array);
        else
            Assert.Contains("row 3: expected valid UTF-8", Assert.Throws<ArrowFormatException>(() => ArrayValidation.Validate(Field, array)).Message);
    }

    [Fact]
    public void Views_of_bytes_that_are_no_text_throughout_are_looked_at_a_bounded_number_of_times()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(new string('x', 100)), 0xFF];
        ByteView view = Shown(bytes, 0, 100);
        ArrayValidation.Validate(Field, Array([.. Enumerable.Repeat(view, 60)], bytes));
        ArrayData much = Array([.. Enumerable.Repeat(view, 70)], bytes);
        Assert.Contains("at most 64 times", Assert.Throws<ArrowFormatException>(() => ArrayValidation.Validate(Field, much)).Message);
    }

    [Fact]
    public void A_dictionary_is_checked_when_it_is_first_seen()
    {
        byte[] text = [.. "ab"u8];
        ArrayData values = new(ArrowTypes.Utf8, 2, 0, [default, new byte[] { 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0 }, text]);
        var field = new Field("d", new DictionaryType(ArrowTypes.Int8, ArrowTypes.Utf8, false));
        ArrayValidation.Validate(field, Codes(field, values, 0, 1));
        text[1] = 0xFF; // Only to show that the text is not read again: real arrays never change.
        ArrayValidation.Validate(field, Codes(field, values, 1, 0));
        Assert.Throws<ArrowFormatException>(() => ArrayValidation.Validate(field, Codes(field, values, 2)));
        Assert.Throws<ArrowFormatException>(() => ArrayValidation.Validate(field, Codes(field, values.Slice(1, 1), 0)));
        var other = new Field("d", new DictionaryType(ArrowTypes.Int8, ArrowTypes.LargeUtf8, false));
        Assert.Throws<ArrowFormatException>(() => ArrayValidation.Validate(other, Codes(other, values, 0)));
    }

    private static ByteView Shown(byte[] bytes, int from, int to) => ByteView.Create(bytes.AsSpan(from, to - from), 0, from);

    private static ArrayData Array(ByteView[] views, byte[] data) =>
        new(ArrowTypes.Utf8View, views.Length, 0, [default, MemoryMarshal.AsBytes(views.AsSpan()).ToArray(), data]);

    private static ArrayData Codes(Field field, ArrayData values, params byte[] codes) =>
        new(field.Type, codes.Length, 0, [default, codes], null, values);
}
