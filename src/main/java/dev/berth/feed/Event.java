package dev.berth.feed;

import java.time.Instant;

/// Something that happened, with its number.
///
/// @param at when this server learned of it
public record Event(EventId id, Instant at, Happening what) {}
