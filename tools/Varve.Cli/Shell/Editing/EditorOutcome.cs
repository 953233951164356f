namespace Varve.Cli.Shell.Editing;

/// <summary>What a key came to.</summary>
internal enum EditorOutcome
{
    /// <summary>Go on; the line may look otherwise.</summary>
    Editing,

    /// <summary>The text is taken.</summary>
    Accepted,

    /// <summary>The text is dropped.</summary>
    Interrupted,

    /// <summary>No more will come.</summary>
    Ended,

    /// <summary>Find what could stand at the cursor and give it to <see cref="LineEditor.Complete"/>.</summary>
    CompletionWanted,
    ClearScreen,
}
