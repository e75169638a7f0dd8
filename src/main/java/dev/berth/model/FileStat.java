package dev.berth.model;

import java.time.Instant;
import java.util.Optional;

/// What a container's file system has at one path.
///
/// @param name the last part of the path
/// @param size in bytes; it says something of a regular file alone
/// @param permissions the twelve bits of `chmod`
/// @param target of a link: where it leads in the end, as a path inside the container
public record FileStat(String name, Kind kind, long size, int permissions, Instant modified, Optional<String> target) {
    /// What a path can lead to.
    public enum Kind {
        FILE,
        FOLDER,
        /// A symbolic link.
        LINK,
        /// A device, a pipe or a socket.
        OTHER
    }
}
