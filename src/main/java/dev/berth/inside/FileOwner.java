package dev.berth.inside;

import java.util.OptionalInt;

/// Whose a file that is written shall be.
///
/// @param mode the twelve bits of `chmod`; none leaves those of the file that is there, or is `rw-r--r--`
public record FileOwner(OptionalInt mode, int uid, int gid) {}
