package dev.berth.engine;

import dev.berth.engine.wire.Refused;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import java.util.List;

/// What the engine's refusals of reading and writing files mean. Older engines answer 500 whatever was wrong, so the
/// text decides.
final class FileRefusals {
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int ENGINE_FAILED = 500;

    /// A path that leads through a file, a link to itself, or is longer than the kernel takes.
    private static final List<String> LEADS_NOWHERE = List.of(
            "Could not find the file",
            "could not be found on container", // Podman
            "no such file or directory",
            "too many levels of symbolic links",
            "too many links",
            "file name too long",
            "not a directory");

    /// What the tar is to blame for, or the disk.
    private static final List<String> TAR =
            List.of("processing tar", "tar", "archive", "is outside of", "no space left", "disk quota exceeded");

    private FileRefusals() {}

    /// @param path what was to be read, or unpacked into
    static Failure of(Refused refused, ContainerId id, String path, String verb) {
        String message = refused.message();
        if (refused.status() == NOT_FOUND && Refusals.noContainer(message))
            return Refusals.gone(id).saidByEngine(message);
        return failure(refused, path, verb, message).saidByEngine(message);
    }

    private static Failure failure(Refused refused, String path, String verb, String message) {
        if (message.contains("read-only") || message.contains("read only"))
            return new Failure.Conflict("read-only", "nothing can be written to " + path + ", which is read-only");
        if (message.contains("extraction point is not a directory"))
            return new Failure.Conflict("not-a-folder", path + " is not a folder");
        if (message.contains("cannot overwrite"))
            return new Failure.Conflict("not-a-file", "a folder is where a file was to be written below " + path);
        boolean ofTheTar = message.contains("processing tar");
        boolean nowhere = !ofTheTar && LEADS_NOWHERE.stream().anyMatch(message::contains);
        if (refused.status() == NOT_FOUND || nowhere)
            return new Failure.NotFound("no-such-file", "the container has nothing at " + path);
        if (refused.status() == CONFLICT)
            return new Failure.Conflict(
                    "container-busy", "the container's state does not let the engine " + verb + " " + path);
        boolean ours = refused.status() < ENGINE_FAILED || TAR.stream().anyMatch(message::contains);
        if (ours) return new Failure.Rejected("copy-refused", "the engine could not " + verb + " at " + path);
        return Refusals.unexpected(refused, verb + " files of a container");
    }
}
