package dev.berth.admission;

import java.time.Instant;

/// Somebody in the line for memory.
///
/// @param position from 1, who is next
/// @param what it is for
/// @param requestedBytes in bytes
public record Waiting(int position, String what, long requestedBytes, Instant since) {}
