using Varve.Arrow;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Engine;

/// <summary>Random changes of streams and rows against a plain model, reopened now and then.</summary>
public class SchemaEvolutionTests(ITestOutputHelper output)
{
    private static readonly ArrowType[] Types =
        [ArrowTypes.Int64, ArrowTypes.Utf8, ArrowTypes.Float64, ArrowTypes.Boolean, ArrowTypes.Binary, ArrowTypes.Utf8View, ArrowTypes.LargeUtf8];

    [Fact]
    public async Task Random_streams_columns_and_rows_are_as_the_model_says()
    {
        int seed = TestSeed.Next(output.WriteLine);
        Random random = new(seed);
        await using EngineHost host = await EngineHost.StartAsync();
        Dictionary<string, ModelStream> model = [];
        for (int step = 0; step < 600; step++)
        {
            string name = "stream-" + random.Next(4);
            switch (random.Next(20))
            {
                case 0 when model.ContainsKey(name):
                    await host.Engine.DropStreamAsync(name);
                    model.Remove(name);
                    break;
                case <= 2 when model.TryGetValue(name, out ModelStream? stream) && stream.Fields.Count < 12:
                    Field added = new($"c{stream.Fields.Count}", Types[random.Next(Types.Length)]);
                    await host.Engine.AddColumnsAsync(name, [added]);
                    stream.Fields.Add(added);
                    break;
                case 3:
                    await host.ReopenAsync();
                    break;
                case 4:
                    Check(host.Engine, model);
                    break;
                default:
                    if (!model.TryGetValue(name, out ModelStream? target))
                    {
                        model[name] = target = new ModelStream();
                        await host.Engine.CreateStreamAsync(name, new Schema([.. target.Fields]));
                    }

                    await AppendAsync(host.Engine, name, target, random);
                    break;
            }
        }

        Check(host.Engine, model);
        await host.ReopenAsync();
        Check(host.Engine, model);
    }

    private static async Task AppendAsync(StorageEngine engine, string name, ModelStream stream, Random random)
    {
        // Any of the columns in any order; the first allows no nulls and is always there.
        Field[] fields = [.. stream.Fields.Where((_, i) => i == 0 || random.Next(3) > 0)];
        random.Shuffle(fields);
        object?[][] rows =
            [.. Enumerable.Range(0, random.Next(30) == 0 ? 3_000 : random.Next(0, 20)).Select(_ => fields.Select(f => Value(f, random)).ToArray())];
        AppendResult result = await engine.AppendAsync(name, Rows.Batch(new Schema(fields), rows));
        Assert.Equal(stream.Rows.Count, result.FirstOffset);
        stream.Rows.AddRange(rows.Select(row => fields.Zip(row).ToDictionary(p => p.First.Name, p => p.Second)));
    }

    private static object? Value(Field field, Random random)
    {
        if (field.IsNullable && random.Next(4) == 0)
            return null;
        string text = new('x', random.Next(30));
        return field.Type switch
        {
            IntegerType => random.NextInt64(),
            FloatType => random.NextDouble(),
            BooleanType => random.Next(2) == 0,
            BinaryType => System.Text.Encoding.ASCII.GetBytes(text),
            _ => text + random.Next(100),
        };
    }

    private static void Check(StorageEngine engine, Dictionary<string, ModelStream> model)
    {
        Assert.Equal(model.Keys.Order(StringComparer.Ordinal), engine.List().Select(s => s.Name));
        foreach ((string name, ModelStream stream) in model)
        {
            StreamView view = engine.OpenView(name);
            view.CheckShape();
            Assert.Equal(stream.Fields, view.Stream.Schema.Fields);
            foreach (Field field in stream.Fields)
                Assert.Equal(stream.Rows.Select(r => r.GetValueOrDefault(field.Name)), view.Column(field.Name));
        }
    }

    private sealed class ModelStream
    {
        public List<Field> Fields { get; } = [new("key", ArrowTypes.Int64, isNullable: false), new("c1", ArrowTypes.Utf8)];

        public List<Dictionary<string, object?>> Rows { get; } = [];
    }
}
