using Varve.Storage.Streams;

namespace Varve.Storage.Tests.Streams;

public class StreamNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("7")]
    [InlineData("Flights-2024_01.raw")]
    [InlineData("plant/line-1/sensor.7")]
    public void Sensible_names_are_accepted(string name) => StreamName.Validate(name);

    [Theory]
    [InlineData("", "the name is empty")]
    [InlineData("_internal", "names that begin with '_' belong to the node")]
    [InlineData("/a", "the name begins with '/'")]
    [InlineData("-a", "the name begins with '-'")]
    [InlineData("a b", "character 2 is not allowed")]
    [InlineData("größe", "character 3 is not allowed")]
    [InlineData("a\nb", "character 2 is not allowed")]
    [InlineData("a/../b", "the name contains '..'")]
    [InlineData("a//b", "a piece between slashes is empty")]
    [InlineData("a/", "a piece between slashes is empty")]
    [InlineData("a/b.", "a piece between slashes ends in a dot")]
    public void Others_are_refused_with_the_rule_they_break(string name, string problem)
    {
        StorageException e = Assert.Throws<StorageException>(() => StreamName.Validate(name));
        Assert.Equal(StorageErrorCode.InvalidName, e.Code);
        Assert.Contains($": {problem}. A name has", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void Names_may_have_255_characters()
    {
        StreamName.Validate(new string('a', 255));
        Assert.Throws<StorageException>(() => StreamName.Validate(new string('a', 256)));
    }
}
