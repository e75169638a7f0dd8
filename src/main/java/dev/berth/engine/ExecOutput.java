package dev.berth.engine;

/// A piece of what a command wrote.
///
/// @param error whether to its error output; on a terminal both are one
@SuppressWarnings("ArrayRecordComponent") // it is handed on, never compared
public record ExecOutput(boolean error, byte[] bytes) {}
