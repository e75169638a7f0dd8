package dev.berth.inside;

/// What a command came to.
///
/// @param truncated whether there was more output than is kept
public record ExecResult(int exitCode, String stdout, String stderr, boolean truncated) {}
