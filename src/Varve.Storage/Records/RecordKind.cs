namespace Varve.Storage.Records;

/// <summary>What a record changes. The numbers are frozen.</summary>
internal enum RecordKind : byte
{
    CreateStream = 1,
    AddColumns = 2,
    DropStream = 3,
    Append = 4,
    AbandonParts = 5,
    Seal = 6,
    ReplaceSegments = 7,
    Trim = 8,
    StreamSettings = 9,
    AppendGroup = 10,
    AbandonGroup = 11,
    OpenProducer = 12,
    ForgetProducer = 13,
    CreateConsumer = 14,
    AlterConsumer = 15,
    DeleteConsumer = 16,
    ResetConsumer = 17,
    ConsumerProgress = 18,
    RestoreStream = 19,
}
