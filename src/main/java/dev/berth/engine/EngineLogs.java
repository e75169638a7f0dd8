package dev.berth.engine;

import dev.berth.model.ContainerId;

/// What an engine has kept of what containers wrote.
public interface EngineLogs {
    /// Reads in the order in which it was kept. Without `follow` it returns when the engine has agreed, and the
    /// stream ends with what was kept at that moment. With `follow` the first `next` opens it, as an engine may say
    /// nothing before there is a line, and it ends when the container does.
    ///
    /// @throws dev.berth.model.Failure.NotFound (`no-such-container`)
    /// @throws dev.berth.model.Failure.Conflict (`log-unreadable`) if its log driver only sends away
    EngineStream<LogRecord> read(ContainerId id, LogQuery query);
}
