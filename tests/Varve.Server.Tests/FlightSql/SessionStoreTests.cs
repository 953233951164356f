using Varve.Server.FlightSql.Sessions;

namespace Varve.Server.Tests.FlightSql;

public class SessionStoreTests
{
    private static readonly SessionValues Short = new() { StatementTimeout = TimeSpan.FromSeconds(1) };

    private readonly ManualTime _time = new();
    private readonly SessionStore _sessions;

    public SessionStoreTests() => _sessions = new SessionStore(_time, countMaxPerOwner: 2);

    [Fact]
    public void A_session_is_its_owners_alone()
    {
        string id = _sessions.Add("ada", Short);

        Assert.Equal(Short, _sessions.Find(id, "ada"));
        Assert.Null(_sessions.Find(id, "bo"));
        Assert.False(_sessions.Remove(id, "bo"));
        Assert.False(_sessions.Change(id, "bo", _ => SessionValues.None));
        Assert.True(_sessions.Change(id, "ada", _ => SessionValues.None));
        Assert.Equal(SessionValues.None, _sessions.Find(id, "ada"));
        Assert.True(_sessions.Remove(id, "ada"));
        Assert.Null(_sessions.Find(id, "ada"));
    }

    [Fact]
    public void The_least_recently_used_session_of_an_owner_makes_room()
    {
        string other = _sessions.Add("bo", Short);
        string first = _sessions.Add("ada", Short);
        string second = _sessions.Add("ada", Short);
        _sessions.Find(first, "ada");

        _sessions.Add("ada", Short);

        Assert.Null(_sessions.Find(second, "ada"));
        Assert.NotNull(_sessions.Find(first, "ada"));
        Assert.NotNull(_sessions.Find(other, "bo"));
        Assert.Equal(3, _sessions.Count);
    }

    [Fact]
    public void A_session_that_is_not_used_is_forgotten()
    {
        string idle = _sessions.Add("ada", Short);
        string used = _sessions.Add("ada", Short);
        _time.Advance(SessionStore.IdleExpiry - TimeSpan.FromMinutes(1));
        _sessions.Find(used, "ada");
        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.Null(_sessions.Find(idle, "ada"));
        Assert.NotNull(_sessions.Find(used, "ada"));
    }
}
