package dev.berth.engine;

import dev.berth.engine.wire.WireDownload;
import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import dev.berth.model.Failure;
import dev.berth.model.FileStat;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;

/// What an archive call says of its path: JSON in base64 in a header. Modes are those of Go's `io/fs`.
final class StatJson {
    private static final String HEADER = "X-Docker-Container-Path-Stat";
    private static final long FOLDER = 1L << 31;
    private static final long LINK = 1L << 27;
    /// Devices, pipes, sockets, and what Go does not know.
    private static final long OTHER = 1L << 26 | 1L << 25 | 1L << 24 | 1L << 21 | 1L << 19;

    private static final long SET_UID = 1L << 23;
    private static final long SET_GID = 1L << 22;
    private static final long STICKY = 1L << 20;

    private StatJson() {}

    static FileStat read(WireDownload answer) {
        String encoded = answer.header(HEADER)
                .orElseThrow(
                        () -> new Failure.EngineNonsense("the engine did not say what is at a container's path", null));
        try {
            return read(Base64.getDecoder().decode(encoded));
        } catch (IllegalArgumentException | DateTimeException | JsonReader.Broken unreadable) {
            throw new Failure.EngineNonsense(
                    "the engine said of a container's path what cannot be read: " + encoded, unreadable);
        }
    }

    static FileStat read(byte[] json) throws JsonReader.Broken {
        Json stat = JsonReader.engine(json, 0, json.length);
        long mode = stat.get("mode").wholeOr(0);
        return new FileStat(
                stat.get("name").textOrEmpty(),
                kind(mode),
                stat.get("size").wholeOr(0),
                permissions(mode),
                modified(stat.get("mtime").textOrEmpty()),
                stat.get("linkTarget").someText());
    }

    private static FileStat.Kind kind(long mode) {
        if ((mode & FOLDER) != 0) return FileStat.Kind.FOLDER;
        if ((mode & LINK) != 0) return FileStat.Kind.LINK;
        return (mode & OTHER) != 0 ? FileStat.Kind.OTHER : FileStat.Kind.FILE;
    }

    private static int permissions(long mode) {
        long bits = mode & 0777;
        if ((mode & SET_UID) != 0) bits |= 04000;
        if ((mode & SET_GID) != 0) bits |= 02000;
        if ((mode & STICKY) != 0) bits |= 01000;
        return (int) bits;
    }

    private static Instant modified(String time) {
        return time.isEmpty() ? Instant.EPOCH : Rfc3339.parse(time);
    }
}
